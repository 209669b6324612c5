import { type Finding, fault, warning, well } from "../../../core/doctor";
import type { NetworkUsage } from "../../engines/engine";
import type { Check } from "./check";

export const addressPoolCheck: Check = {
  name: "address pool",
  look: async (ctx) => [judgePool(ctx.settings.addressPool, await ctx.networks.usage())],
};

export function judgePool(pool: string, { total, free, owners }: NetworkUsage): Finding {
  const what = `${free} of ${total} app networks of ${pool} are free, ${owners.length} are this platform's`;
  const remedy =
    "Set PAAS_ADDRESS_POOL to a larger range (apps keep the networks they have), or destroy apps.";
  if (free === 0) return fault("address pool", { what, meaning: "No further app can start.", remedy });
  if (free < total / 10)
    return warning("address pool", { what, meaning: "Soon no further app can start.", remedy });
  return well("address pool", what);
}
