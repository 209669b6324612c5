import { renderDockerfile } from "../../../../builder/buildpack/render-dockerfile";
import { nodejs } from "../../../../buildpacks/nodejs/nodejs";
import type { Stack } from "../../../../buildpacks/stack/stack";
import { nodeSource, nodeTools } from "../../../support/node-app-source";

const stack: Stack = {
  build: { role: "build", ref: "paas/stack-build:x", dockerfile: "" },
  run: { role: "run", ref: "paas/stack-run:x", dockerfile: "" },
};
const render = (pkg: object, names: string[]) =>
  renderDockerfile(nodejs.plan(nodeSource(pkg, names), nodeTools()), stack, ({ name }) => `secret-${name}`);

it("renders a plain npm app", () => {
  expect(render({ scripts: { start: "node ." } }, ["package-lock.json"]).dockerfile).toMatchSnapshot();
});

it("renders an app with a build", () => {
  const pkg = { scripts: { start: "node .", build: "tsc" }, devDependencies: { typescript: "5.0.0" } };
  expect(render(pkg, ["package-lock.json", ".npmrc"]).dockerfile).toMatchSnapshot();
});

it("knows what people see of each step by BuildKit's numbers", () => {
  const { runs } = render({ scripts: { start: "node ." } }, []);
  expect([...runs].map(([place, { title }]) => [place, title])).toEqual([
    ["tools 2", "Fetching Node.js 24.9.0"],
    ["tools 3", "Fetching npm 11.12.1"],
    ["dependencies 3", "Installing dependencies (npm install)"],
  ]);
});

it.each(['a"b', "a\\b", "$HOME", "\x24{x}"])("keeps the value %s as it is", (value) => {
  const plan = {
    buildpack: "t",
    notes: [],
    excludes: [],
    defaultProcesses: {},
    stages: [
      {
        name: "image",
        from: { stack: "run" as const },
        steps: [{ do: "env" as const, values: { A: value } }],
      },
    ],
  };
  const line = renderDockerfile(plan, stack, ({ name }) => name).dockerfile.split("\n")[1] ?? "";
  const written = /^ENV A="(.*)"$/.exec(line)?.[1] ?? "";
  expect(written.replace(/\\(.)/g, "$1")).toBe(value);
  expect(/(?<!\\)\$/.test(written)).toBe(false);
});

it("lets no line break begin an instruction of its own", () => {
  const step = { do: "run" as const, title: "t", command: "true\nUSER root" };
  const stages = [{ name: "image", from: { stack: "run" as const }, steps: [step] }];
  const plan = { buildpack: "t", notes: [], excludes: [], defaultProcesses: {}, stages };
  expect(() => renderDockerfile(plan, stack, ({ name }) => name)).toThrow(/line break/);
});
