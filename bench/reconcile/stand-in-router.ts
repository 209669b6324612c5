import { Redis } from "ioredis";
import type { Keys } from "../../core/keys";
import { redisOptions } from "../../core/redis-url";
import { type RouterReport, routerLeaseMs, routerRenewMs } from "../../core/route";

/** What the scheduler hears of a router that has taken every table and serves a request on each of the instances. */
export async function startStandInRouter(
  redisUrl: string,
  keys: Keys,
  instanceIds: string[],
): Promise<{ stop(): void }> {
  const redis = new Redis(redisOptions(redisUrl));
  const report: RouterReport = {
    routerId: "stand-in",
    version: Number.MAX_SAFE_INTEGER,
    inFlight: Object.fromEntries(instanceIds.map((id) => [id, 1])),
    streams: {},
    switches: {},
    bakes: {},
  };
  const text = JSON.stringify(report);
  const renew = () =>
    redis
      .multi()
      .set(keys.router(report.routerId), text, "PX", routerLeaseMs)
      .publish(keys.routerReports, text)
      .exec();
  await renew();
  const timer = setInterval(() => void renew(), routerRenewMs);
  return {
    stop: () => {
      clearInterval(timer);
      redis.disconnect();
    },
  };
}
