import { type Finding, fault, warning, well } from "../../../core/doctor";
import type { Check } from "./check";

export const redisCheck: Check = {
  name: "redis",
  look: async (ctx) => [judgeRedis(await ctx.publisher.redisInfo())],
};

/** From the text that Redis answers to INFO. */
export function judgeRedis(info: string): Finding {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const version = field("redis_version");
  const [kept, policy] = [field("aof_enabled") === "1", field("maxmemory_policy")];
  const what = `Redis ${version} answers, append-only file ${kept ? "on" : "off"}, maxmemory-policy ${policy}`;
  if (kept && field("aof_last_write_status") !== "ok")
    return fault("redis", {
      what: `${what}, last write failed`,
      meaning: "Builds that are queued are lost when Redis ends, and it soon refuses to take more.",
      remedy: "See Redis' log; most often its disk is full.",
    });
  if (!kept)
    return warning("redis", {
      what,
      meaning: "Builds that are queued are lost when Redis ends, and begin anew.",
      remedy: "Set appendonly yes in the configuration of the Redis that REDIS_URL names.",
    });
  if (policy !== "noeviction")
    return warning("redis", {
      what,
      meaning: "A Redis short of memory forgets queued builds or the route table.",
      remedy: "Set maxmemory-policy noeviction in the configuration of the Redis that REDIS_URL names.",
    });
  return well("redis", what);
}
