import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, keepCache, openCache } from "../../../buildpacks/classic/scripts";

const directory = mkdtempSync(join(tmpdir(), "paas-cache-"));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const files = ["one", "two"];
const write = (version: string) => {
  for (const name of files) writeFileSync(join(directory, "work", name), version);
};
const read = () => files.map((name) => readFileSync(join(directory, "work", name), "utf8"));

/** Runs a script as a step does; with `dies` it is killed before its command of that number. True when it came to its end. */
function run(script: string, dies = 0): boolean {
  const killed = `trap 'at=$((\${at:-0} + 1)); [ $at != ${dies} ] || kill -9 $$' DEBUG`;
  const text = script
    .replaceAll(cacheDirectory, directory)
    .replace("set -euo pipefail", `set -euo pipefail\n${killed}`);
  return spawnSync("bash", ["-c", text]).status === 0;
}

/** A build that leaves `version`, of which one step is killed. */
function buildKilled(version: string, step: "open" | "keep", dies: number): boolean {
  if (!run(openCache, step === "open" ? dies : 0)) return false;
  write(version);
  return run(keepCache, step === "keep" ? dies : 0);
}

test.each(["open", "keep"] as const)(
  "a build that is killed anywhere as it %ss its cache leaves a whole one",
  (step) => {
    let ended = false;
    for (let dies = 1; !ended; dies += 1) {
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory);
      expect([buildKilled("first", "open", 0), buildKilled("second", "open", 0)]).toEqual([true, true]);
      ended = buildKilled("third", step, dies);
      expect(run(openCache)).toBe(true);
      const [seen] = read();
      expect(read()).toEqual([seen, seen]);
      expect(ended || step === "keep" ? ["second", "third"] : ["second"]).toContain(seen);
      expect(dies).toBeLessThan(20);
    }
  },
);
