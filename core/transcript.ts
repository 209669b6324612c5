import { formatDuration } from "./duration";
import type { Event, EventMap } from "./event";
import { overDiskText } from "./limits";

/** Forms of a line that a pusher reads. */
export const heading = (text: string): string => `-----> ${text}\n`;
export const detail = (text: string): string => `       ${text}\n`;
export const complaint = (text: string): string => ` !     ${text.replaceAll("\n", "\n !     ")}\n`;

/** A push ends while its release bakes. */
const bakeText = ({ oldVersion, windowMs }: EventMap["bake:started"]): string =>
  detail(
    `It bakes for ${formatDuration(windowMs)}: if it does clearly worse than v${oldVersion}, or crashes, traffic goes back to v${oldVersion} by itself`,
  ) + detail("How it fares: paas ps:bake; to wait for the outcome: paas ps:bake --wait");

/** What a release's follower reads of an event; empty for those that tell him nothing. `url` is where the app answers. */
export function transcriptOf(event: Event, version: number, url: string): string {
  if (!("version" in event.data) || event.data.version !== version) return "";
  switch (event.name) {
    case "release:created":
      return heading(`Releasing v${version}: ${event.data.description}`);
    case "command:started":
      return heading(`Running the release command: ${event.data.command ?? "the image's own"}`);
    case "command:ended":
      return event.data.exitCode === 0 ? heading("Starting the new version") : "";
    case "instance:started":
      return detail(`Starting ${event.data.instance}`);
    case "instance:ready":
      return detail(`${event.data.instance} is up (${event.data.check})`);
    case "instance:unhealthy":
      return detail(`${event.data.instance} ${event.data.reason}`);
    case "instance:oom":
      return detail(`${event.data.instance} ran out of memory (limit ${event.data.limitMb} MB)`);
    case "instance:disk":
      return detail(`${event.data.instance} was stopped: ${overDiskText(event.data)}`);
    case "instance:crashed":
      return detail(`${event.data.instance} ended with exit code ${event.data.exitCode ?? "unknown"}`);
    case "routes:published":
      return event.data.targets.length > 0 ? detail(`Requests go to ${event.data.targets.join(", ")}`) : "";
    case "release:proven":
      return heading(`${url} deployed as v${version}`);
    case "bake:started":
      return bakeText(event.data);
    case "release:failed":
      return complaint(`v${version} failed: ${event.data.reason}`);
    default:
      return "";
  }
}
