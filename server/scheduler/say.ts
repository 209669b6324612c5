import { placeName } from "../../core/instance";
import type { AppLogs } from "../logs/app-logs";
import type { InstanceRow } from "../store/instances";

/** Writes a line of the platform about an instance into its app's log: `paas[web.1]: State changed from starting to up`. */
export function say(
  world: { logs: Pick<AppLogs, "append">; now(): number },
  instance: Pick<InstanceRow, "appId" | "type" | "slot">,
  text: string,
): Promise<void> {
  const place = placeName(instance);
  return world.logs.append(instance.appId, [{ at: new Date(world.now()), from: "paas", place, text }]);
}
