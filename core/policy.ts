/** What an actor may be for one app; each includes the ones before it. */
export const roles = ["viewer", "deployer", "owner"] as const;
export type Role = (typeof roles)[number];

/** Who asks. An admin may everything; others have a role for each app they can see. */
export interface Actor {
  name: string;
  admin: boolean;
  apps: Record<string, Role>;
}

/** The least role that a verb wants; `null` is admins only. Verbs without an app are asked with `app` undefined. */
const leastRole = {
  "app:read": "viewer",
  "git:read": "viewer",
  "builds:read": "viewer",
  "releases:read": "viewer",
  "logs:read": "viewer",
  "config:read": "deployer",
  "git:push": "deployer",
  "config:write": "deployer",
  "release:rollback": "deployer",
  "formation:write": "deployer",
  "run:read": "deployer",
  "run:start": "deployer",
  "http:write": "deployer",
  "domains:write": "owner",
  "app:destroy": "owner",
  "app:create": null,
  "platform:read": null,
  "platform:write": null,
  "tokens:write": null,
} as const satisfies Record<string, Role | null>;

export type Verb = keyof typeof leastRole;
export const verbs = Object.keys(leastRole) as Verb[];

/** The least role that may do it; null when only admins may. */
export const leastRoleFor = (verb: Verb): Role | null => leastRole[verb];

/**
 * The policy: `yes`, `no` (sees the app, lacks the right: 403) or `hidden` (must not learn whether it exists: 404).
 * Every route and git verb asks it on every request.
 */
export function may(actor: Actor, verb: Verb, appId?: string): "yes" | "no" | "hidden" {
  if (actor.admin) return "yes";
  const least = leastRole[verb];
  if (appId === undefined) return "no";
  const role = actor.apps[appId];
  if (role === undefined) return "hidden";
  if (least === null) return "no";
  return roles.indexOf(role) >= roles.indexOf(least) ? "yes" : "no";
}
