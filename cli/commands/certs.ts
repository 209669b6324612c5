import type { CertificateView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath } from "../session";
import { columns } from "../table";
import { until } from "../time";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  async run(session, _words, flags) {
    const app = await session.app();
    const certificates = await session.api.get<CertificateView[]>(appPath(app, "/certificates"));
    if (flags.json) return session.printJson(certificates);
    const now = session.world.now();
    const rows = certificates.map(({ id, own, hostnames, serves, notAfter }) => [
      id,
      own ? "own" : "automatic",
      until(notAfter, now),
      serves.length > 0 ? `serves ${serves.join(", ")}` : `serves nothing (is for ${hostnames.join(", ")})`,
    ]);
    session.print(`=== ${app} Certificates`, "", ...columns(rows));
    if (rows.length === 0) session.note(`None yet. Add one of your own: paas certs:add CHAIN KEY -a ${app}`);
  },
});
