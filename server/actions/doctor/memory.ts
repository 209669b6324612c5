import { freemem, totalmem } from "node:os";
import type { App } from "../../../core/app";
import { type Finding, fault, sizeText, warning, well } from "../../../core/doctor";
import { limitsFor } from "../../../core/formation";
import type { Check } from "./check";

export const memoryCheck: Check = {
  name: "memory",
  look: async (ctx) => [judgeMemory(freemem(), totalmem(), promisedBytes(await ctx.store.apps.list()))],
};

/** What all instances of all formations may take by their limits. */
export function promisedBytes(apps: App[]): number {
  const megabytes = apps.flatMap(({ formation }) =>
    Object.entries(formation.quantities).map(
      ([type, quantity]) => quantity * limitsFor(formation, type).memoryMb,
    ),
  );
  return megabytes.reduce((sum, each) => sum + each, 0) * 2 ** 20;
}

export function judgeMemory(availableBytes: number, totalBytes: number, promised: number): Finding {
  const what = `${sizeText(availableBytes)} of ${sizeText(totalBytes)} available; apps may take ${sizeText(promised)} by their limits`;
  if (availableBytes < totalBytes * 0.05)
    return fault("memory", {
      what,
      meaning: "The kernel is about to end processes, apps first.",
      remedy: "Scale down (paas ps:scale), or give the machine more memory.",
    });
  if (promised > totalBytes)
    return warning("memory", {
      what,
      meaning: "If all apps took what they may at once, some would be ended.",
      remedy: "Scale down (paas ps:scale), or give the machine more memory.",
    });
  return well("memory", what);
}
