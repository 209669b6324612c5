import { notFound } from "../../../core/error";
import type { CertificateView } from "../../../core/wire";
import { certificateHolder, holderFlags } from "../../certificate-holder";
import { defineCommand, jsonFlag } from "../../command";
import { fields } from "../../table";
import { instant, until } from "../../time";

export const command = defineCommand({
  words: "ID",
  flags: { ...holderFlags, ...jsonFlag },
  async run(session, [id = ""], flags) {
    const { name, path } = await certificateHolder(session, flags);
    const certificates = await session.api.get<CertificateView[]>(path("/certificates"));
    const certificate = certificates.find((one) => one.id === id);
    if (!certificate)
      throw notFound(`${name} has no certificate ${JSON.stringify(id)}: paas certs lists them.`);
    if (flags.json) return session.printJson(certificate);
    session.print(
      `=== Certificate ${id}`,
      "",
      ...fields([
        ["From", certificate.own ? "you" : "ACME"],
        ["For", certificate.hostnames.join(", ")],
        ["Serves", certificate.serves.join(", ") || "nothing"],
        ["Issuer", `${certificate.issuer}${certificate.trusted ? "" : " (unknown to Node.js)"}`],
        ["Valid", `${instant(certificate.notBefore)} to ${instant(certificate.notAfter)}`],
        ["State", until(certificate.notAfter, session.world.now())],
        ["Key", certificate.keyType],
        ["SHA-256", certificate.fingerprint],
      ]),
    );
  },
});
