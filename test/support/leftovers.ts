import { existsSync, readdirSync } from "node:fs";
import Docker from "dockerode";
import { dataPaths } from "../../core/data-paths";
import { labelPrefix, labels } from "../../core/image";
import { processesIn } from "./find-processes";
import type { Ledger } from "./ledger";
import type { TestPlatform } from "./platform";

/** What should not be there on a platform at rest, in words; empty when all is in order. For apps of which every instance is up. */
export async function leftoversOf(platform: TestPlatform, ledger: Ledger): Promise<string[]> {
  const paths = dataPaths(platform.dataDir);
  const sources = existsSync(paths.sources) ? readdirSync(paths.sources) : [];
  return [
    ...missingRoles(platform),
    ...(await ledger.open()),
    ...sources.map((file) => `source archive ${file}`),
    ...locksIn(paths.repositories),
    ...processesIn(paths.repositories).map(({ pid, words }) => `process ${pid}: ${words.join(" ")}`),
    ...(await disagreements(platform, ledger)),
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

/** Containers of the engine, rows of the ledger (which hold addresses) and what `ps` shows are the same instances, all up. */
async function disagreements(platform: TestPlatform, ledger: Ledger): Promise<string[]> {
  const containers = await containersOf(platform.id);
  const rows = await ledger.presentInstances();
  const shown = await shownInstances(platform);
  const all = `containers ${containers.join(" ")}, rows ${rows.join(" ")}, ps ${shown.join(" ")}`;
  const same = containers.join() === rows.join() && containers.length === shown.length;
  const down = shown.filter((state) => state !== "up");
  return [...(same ? [] : [`they disagree: ${all}`]), ...(down.length > 0 ? [`not all up: ${all}`] : [])];
}

/** Instance ids of the platform's containers, of whatever state; one-off runs show as `run`. */
async function containersOf(platformId: string): Promise<string[]> {
  const filters = { label: [`${labels.platform}=${platformId}`] };
  const found = await new Docker().listContainers({ all: true, filters });
  return found.map(({ Labels }) => Labels[`${labelPrefix}.instance`] ?? "run").sort();
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
