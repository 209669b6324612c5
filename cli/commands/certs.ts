import type { AutomaticView, CertificateView } from "../../core/wire";
import { automaticLines } from "../automatic";
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
    const automatic = await session.api.get<AutomaticView>(appPath(app, "/certificates/automatic"));
    if (flags.json) return session.printJson({ certificates, automatic });
    const now = session.world.now();
    const rows = certificates.map(({ id, own, hostnames, serves, notAfter }) => [
      id,
      own ? "own" : "automatic",
      until(notAfter, now),
      serves.length > 0 ? `serves ${serves.join(", ")}` : `serves nothing (is for ${hostnames.join(", ")})`,
    ]);
    session.print(`=== ${app} Certificates`, "", ...columns(rows));
    if (automatic.on) session.print("", "=== Automatic", "", ...automaticLines(automatic));
    if (rows.length === 0 && !automatic.on)
      session.note(
        `None yet. Let them come by themselves: paas certs:auto on -a ${app}`,
        `Or add one of your own: paas certs:add CHAIN KEY -a ${app}`,
      );
  },
});
