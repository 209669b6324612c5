import { connectDocker } from "../../server/engines/docker/connection";
import { engineBreaches } from "./invariants/engine";
import { always, atRest, type RowInvariant } from "./invariants/ledger-rows";
import { repositoryBreaches } from "./invariants/repositories";
import { routerBreaches } from "./invariants/routers";
import type { Ledger } from "./ledger";
import type { TestPlatform } from "./platform";

type Rows = Pick<Ledger, "query">;

/** Rules of the ledger that are broken although they hold at every moment, in words. */
export const brokenRules = (ledger: Ledger): Promise<string[]> => brokenRowsOf(ledger, always);

/**
 * Every rule that a platform at rest breaks, in words; empty when ledger, engine, routers and repositories agree. Only for apps of which every
 * instance can be up.
 */
export async function brokenAtRest(platform: TestPlatform, ledger: Ledger): Promise<string[]> {
  const parts = await Promise.all([
    brokenRowsOf(ledger, [...always, ...atRest]),
    engineBreaches(dockerOf(platform), platform.id, ledger),
    routerBreaches(platform, ledger),
    repositoryBreaches(platform, ledger),
  ]);
  return parts.flat();
}

/** The engine that a platform runs its apps on. */
export const dockerOf = ({ env }: TestPlatform) =>
  connectDocker(env.DOCKER_HOST ?? "unix:///var/run/docker.sock");

/** What breaks some rules, each with its rule's words. */
export async function brokenRowsOf(database: Rows, rules: RowInvariant[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { rule, breaches } of rules)
    for (const { what } of await database.query<{ what: string }>(breaches))
      broken.push(`not so: ${rule}: ${what}`);
  return broken;
}
