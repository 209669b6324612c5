import { notFound } from "../../../core/error";
import type { CertificateView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { appPath } from "../../session";
import { fields } from "../../table";
import { instant, until } from "../../time";

export const command = defineCommand({
  words: "ID",
  flags: { ...appFlag, ...jsonFlag },
  async run(session, [id = ""], flags) {
    const app = await session.app();
    const certificates = await session.api.get<CertificateView[]>(appPath(app, "/certificates"));
    const certificate = certificates.find((one) => one.id === id);
    if (!certificate)
      throw notFound(`${app} has no certificate ${JSON.stringify(id)}: paas certs lists them.`);
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
