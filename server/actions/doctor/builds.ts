import type { SandboxReport } from "../../../core/build";
import { type Finding, warning, well } from "../../../core/doctor";
import type { Check } from "./check";

export const buildsCheck: Check = {
  name: "builds",
  look: async (ctx) => [judgeSandbox(await ctx.queue.sandbox())],
};

/** `null`: the builder has not built anything yet. */
export function judgeSandbox(report: SandboxReport | null): Finding {
  if (report === null)
    return well("builds", "nothing was built yet: the first build shows whether its limits hold");
  if (report.unlimited === null)
    return well("builds", "builds are held within their limits (PAAS_BUILD_...)");
  return warning("builds", {
    what: `builds are not limited: ${report.unlimited}`,
    meaning: "A build can take all memory, processes and disk of the machine; only its time is limited.",
    remedy: "Run the platform as root on the machine of its Docker Engine, or let only trusted people push.",
  });
}
