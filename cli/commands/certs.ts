import type { AutomaticView, CertificateView } from "../../core/wire";
import { automaticLines } from "../automatic";
import { certificateOwner, ownerFlags } from "../certificate-owner";
import { defineCommand, jsonFlag } from "../command";
import { columns } from "../table";
import { until } from "../time";

export const command = defineCommand({
  words: "",
  flags: { ...ownerFlags, ...jsonFlag },
  async run(session, _words, flags) {
    const { name, path, flag } = await certificateOwner(session, flags);
    const certificates = await session.api.get<CertificateView[]>(path);
    const automatic = flags.platform ? null : await session.api.get<AutomaticView>(`${path}/automatic`);
    if (flags.json) return session.printJson({ certificates, ...(automatic && { automatic }) });
    const now = session.world.now();
    const rows = certificates.map(({ id, own, hostnames, serves, notAfter }) => [
      id,
      own ? "own" : "automatic",
      until(notAfter, now),
      serves.length > 0 ? `serves ${serves.join(", ")}` : `serves nothing (is for ${hostnames.join(", ")})`,
    ]);
    session.print(`=== ${flags.platform ? "Platform" : name} Certificates`, "", ...columns(rows));
    if (automatic?.on) session.print("", "=== Automatic", "", ...automaticLines(automatic));
    if (rows.length === 0 && !automatic?.on)
      session.note(
        ...(automatic ? [`Let them come by themselves: paas certs:auto on ${flag}`] : []),
        `Add one of your own: paas certs:add CHAIN KEY ${flag}`,
      );
  },
});
