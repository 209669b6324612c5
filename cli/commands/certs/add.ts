import type { CertificateView } from "../../../core/wire";
import { certificateHolder, holderFlags } from "../../certificate-holder";
import { defineCommand } from "../../command";
import { Progress } from "../../progress";
import { readInput } from "../../read-input";
import { instant } from "../../time";

export const command = defineCommand({
  words: "CHAIN [KEY]",
  flags: holderFlags,
  about:
    "CHAIN is a PEM file: the host's certificate first, each followed by its issuer's; KEY is its private key, without a passphrase.\n" +
    "Without KEY the one file holds both. - is standard input.",
  async run(session, [chainFile = "", keyFile], flags) {
    const { name, flag, path } = await certificateHolder(session, flags);
    const chain = await readInput(session.world, chainFile);
    const key = keyFile === undefined ? chain : await readInput(session.world, keyFile);
    const add = () => session.api.post<CertificateView>(path("/certificates"), { chain, key });
    const added = await Progress.of(
      session.world,
      `Adding a certificate to ${name}`,
      add,
      ({ id }) => `done, ${id}`,
    );
    session.note(
      `It is served for ${added.serves.join(", ") || "nothing yet"}, until ${instant(added.notAfter)}`,
      ...(added.trusted
        ? []
        : ["No authority that Node.js knows issued it: others may not trust it, or lack its chain."]),
      `To undo: paas certs:remove ${added.id} ${flag}`,
    );
  },
});
