import type { CertificateView } from "../../../core/wire";
import { certificateOwner, ownerFlags } from "../../certificate-owner";
import { defineCommand } from "../../command";
import { Progress } from "../../progress";
import { readInput } from "../../read-input";
import { instant } from "../../time";

export const command = defineCommand({
  words: "CHAIN [KEY]",
  flags: ownerFlags,
  about:
    "CHAIN is a PEM file: the host's certificate first, each followed by its issuer's; KEY is its private key, without a passphrase.\n" +
    "Without KEY the one file holds both. - is standard input.",
  async run(session, [chainFile = "", keyFile], flags) {
    const { name, path, flag } = await certificateOwner(session, flags);
    const chain = await readInput(session.world, chainFile);
    const key = keyFile === undefined ? chain : await readInput(session.world, keyFile);
    const add = () => session.api.post<CertificateView>(path, { chain, key });
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
