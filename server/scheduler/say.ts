import { placeName } from "../../core/instance";
import type { InstanceRow } from "../store/instances";
import type { World } from "./world";

/** Writes a line of the platform about an instance into its app's log: `paas[web.1]: State changed from starting to up`. */
export function say(
  world: World,
  instance: Pick<InstanceRow, "appId" | "type" | "slot">,
  text: string,
): Promise<void> {
  const place = placeName(instance);
  return world.logs.append(instance.appId, [{ at: new Date(world.now()), from: "paas", place, text }]);
}
