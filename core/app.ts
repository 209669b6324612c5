import type { DrainPolicy } from "./drain";
import { invalid } from "./error";
import type { Formation } from "./formation";
import type { TlsPolicy } from "./tls-policy";

/** What people name and write. The id is immutable and keys every table, label, network, image and repository directory; the name can change. */
export interface App {
  id: string;
  name: string;
  formation: Formation;
  /** Raised by a restart of the whole app; part of what makes two instances interchangeable. */
  generation: number;
  drain: DrainPolicy;
  /** How long a release bakes after its switch, in milliseconds; null: not at all. */
  bakeMs: number | null;
  tls: TlsPolicy;
  /** The same for a process type (`web`) or one place (`web.1`): how often it was restarted by itself. */
  generations: Record<string, number>;
  createdAt: Date;
}

const namePattern = /^[a-z][a-z0-9-]{0,29}$/;
const reservedNames = new Set([
  "paas",
  "www",
  "api",
  "git",
  "admin",
  "platform",
  "router",
  "registry",
  "localhost",
  "status",
]);

/** Checks a name for a new app; throws `invalid` with what a name may be. */
export function checkAppName(name: string): string {
  if (!namePattern.test(name) || name.endsWith("-"))
    throw invalid(
      `${JSON.stringify(name)} is not an app name: use 1 to 30 lower-case letters, digits and dashes, starting with a letter and not ending with a dash.`,
    );
  if (reservedNames.has(name)) throw invalid(`The name ${name} is reserved by the platform: choose another.`);
  return name;
}
