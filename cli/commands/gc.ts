import { sizeText } from "../../core/doctor";
import type { GarbageReport } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";
import { columns } from "../table";

export const command = defineCommand({
  words: "",
  flags: { ...jsonFlag, "dry-run": { type: "boolean", about: "only show what would go" } },
  about:
    "Removes images that no release may roll back to, images without a name, pulled images that no build has used for a week, build cache over PAAS_BUILD_CACHE and output of builds long over.\n" +
    "The platform does it by itself every hour, and sooner when the disk gets full.",
  async run(session, _words, flags) {
    const dryRun = flags["dry-run"] === true;
    const report = await session.api.post<GarbageReport>("/gc", { dryRun });
    if (flags.json) return session.printJson(report);
    session.print(
      ...columns(report.items.map(({ kind, name, bytes, why }) => [kind, name, sizeText(bytes), why])),
    );
    if (report.items.length === 0) session.note("There is no garbage.");
    else if (dryRun) session.note(`About ${sizeText(report.bytes)} would be free. To free it: paas gc`);
    else session.note(`About ${sizeText(report.bytes)} freed.`);
  },
});
