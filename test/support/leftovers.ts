import { readdirSync } from "node:fs";
import { dataPaths } from "../../core/data-paths";
import { processesIn } from "./find-processes";
import type { Ledger } from "./ledger";
import { brokenAtRest } from "./ledger-invariants";
import type { TestPlatform } from "./platform";

/** What should not be there on a platform at rest, in words; empty when all is in order. For apps of which every instance is up. */
export async function leftoversOf(platform: TestPlatform, ledger: Ledger): Promise<string[]> {
  const { repositories } = dataPaths(platform.dataDir);
  const missing = missingRoles(platform);
  if (missing.length > 0) return missing;
  return [
    ...locksIn(repositories),
    ...processesIn(repositories).map(({ pid, words }) => `process ${pid}: ${words.join(" ")}`),
    ...(await brokenAtRest(platform, ledger)),
    ...(await shownInstances(platform)).filter((state) => state !== "up").map((state) => `ps shows ${state}`),
  ];
}

function missingRoles({ status }: TestPlatform): string[] {
  const running = status?.roles.map(({ name }) => name) ?? [];
  return ["postgres", "redis", "router", "server", "builder"]
    .filter((name) => !running.includes(name))
    .map((name) => `${name} does not run`);
}

function locksIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.lock$|\/tmp_|\/(tmp_objdir-)?incoming-/.test(file))
    .map((file) => `in the repositories: ${file}`);
}

/** States of all instances as people see them; one word more when the API does not answer. */
async function shownInstances(platform: TestPlatform): Promise<string[]> {
  const apps = await platform.cli(["apps", "--json"]);
  if (apps.exitCode !== 0) return ["no-answer"];
  const states: string[] = [];
  for (const { name } of JSON.parse(apps.stdout) as { name: string }[]) {
    const { stdout, exitCode } = await platform.cli(["ps", "-a", name, "--json"]);
    if (exitCode !== 0) return ["no-answer"];
    states.push(...(JSON.parse(stdout) as { state: string }[]).map(({ state }) => state));
  }
  return states;
}
