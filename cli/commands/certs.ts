import type { AutomaticView, CertificateView } from "../../core/wire";
import { automaticLines } from "../automatic";
import { certificateHolder, holderFlags } from "../certificate-holder";
import { defineCommand, jsonFlag } from "../command";
import { columns } from "../table";
import { until } from "../time";

export const command = defineCommand({
  words: "",
  flags: { ...holderFlags, ...jsonFlag },
  async run(session, _words, flags) {
    const { title, flag, path } = await certificateHolder(session, flags);
    const certificates = await session.api.get<CertificateView[]>(path("/certificates"));
    const automatic = await session.api.get<AutomaticView>(path("/certificates/automatic"));
    if (flags.json) return session.printJson({ certificates, automatic });
    const now = session.world.now();
    const rows = certificates.map(({ id, own, hostnames, serves, notAfter }) => [
      id,
      own ? "own" : "automatic",
      until(notAfter, now),
      serves.length > 0 ? `serves ${serves.join(", ")}` : `serves nothing (is for ${hostnames.join(", ")})`,
    ]);
    session.print(`=== ${title} Certificates`, "", ...columns(rows));
    if (automatic.on) session.print("", "=== Automatic", "", ...automaticLines(automatic));
    if (rows.length === 0 && !automatic.on)
      session.note(
        `Let them come by themselves: paas certs:auto on ${flag}`,
        `Add one of your own: paas certs:add CHAIN KEY ${flag}`,
      );
  },
});
