import { execFileSync } from "node:child_process";
import { configScript, planWithConfig } from "../../../../builder/buildpack/plan-with-config";
import { nodejs } from "../../../../buildpacks/nodejs/nodejs";
import { Sensitive } from "../../../../core/env";
import { nodeSource, nodeTools } from "../../../support/node-app-source";

it("gives config to the steps that see the source, and to none of what runs", () => {
  const pkg = { scripts: { start: "node .", build: "tsc" }, devDependencies: { typescript: "5.0.0" } };
  const plan = nodejs.plan(nodeSource(pkg, ["package-lock.json"]), nodeTools());
  const runs = planWithConfig(plan, "x").stages.flatMap(({ steps }) =>
    steps.filter((step) => step.do === "run"),
  );
  const before = ". /run/secrets/x/build-config; ";
  expect(
    runs
      .filter(({ secrets }) => secrets)
      .map(({ command, secrets }) => [command.startsWith(before), command.slice(before.length), secrets]),
  ).toEqual(
    ["npm ci", "npm run build", "npm prune"].map((command) => [
      true,
      expect.stringContaining(command),
      { names: ["build-config"], directory: "/run/secrets/x", owner: 0 },
    ]),
  );
  expect(runs.filter(({ secrets }) => !secrets).map(({ command }) => command)).toEqual([
    expect.stringMatching(/^(?!\. ).*curl/),
    expect.stringMatching(/^(?!\. ).*curl/),
  ]);
});

it.each(["plain", 'it\'s "$HOME" `id` \\', "two\nlines\n", "", "ü $(touch x)"])(
  "hands the value %j to a shell as it is",
  (value) => {
    const script = configScript(new Map([["A", new Sensitive(value)]])).reveal();
    expect(execFileSync("sh", ["-c", `${script}printf %s "$A"`], { encoding: "utf8" })).toBe(value);
  },
);
