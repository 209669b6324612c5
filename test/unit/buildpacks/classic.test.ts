import { renderDockerfile } from "../../../builder/buildpack/render-dockerfile";
import { classicPlan } from "../../../buildpacks/classic/classic";
import { defaultProcessTypes } from "../../../buildpacks/classic/told";

test("the build of a chain, with a buildpack from git, a tarball and the app itself", () => {
  const plan = classicPlan({
    sources: [
      { from: "git", url: "https://example.com/a.git", ref: "v1" },
      { from: "tarball", url: "https://example.com/b.tgz" },
      { from: "app" },
    ],
    last: true,
    cache: "classic",
    configNames: ["TOKEN"],
    commit: "c0ffee",
    buildId: "b1",
  });
  const stack = {
    build: { role: "build" as const, ref: "paas/stack-build:x", dockerfile: "" },
    run: { role: "run" as const, ref: "paas/stack-run:x", dockerfile: "" },
  };
  expect(renderDockerfile(plan, stack, ({ name }) => `secret-${name}`).dockerfile).toMatchSnapshot();
});

const release = (...lines: string[]): string => lines.join("\n");

test.each([
  ["", {}],
  ["---\n", {}],
  ["--- {}\n", {}],
  [release("---", "addons: []", "default_process_types: {}"), {}],
  [release("default_process_types:", "  web: npm start"), { web: { command: "npm start" } }],
  [release("default_process_types:", '  web: "bin/web: $PORT"'), { web: { command: "bin/web: $PORT" } }],
  [release("default_process_types: {clock: ./clock}"), { clock: { command: "./clock" } }],
  ['{"default_process_types": {"web": "a"}}', { web: { command: "a" } }],
])("bin/release says %j", (text, types) => expect(defaultProcessTypes(text)).toEqual(types));

test.each([
  "web: [",
  "- web",
  "default_process_types: 5",
  'default_process_types: {"a b": "c"}',
  "!!js/x: {",
])("%j of bin/release is refused", (text) =>
  expect(() => defaultProcessTypes(text)).toThrow("bin/release of the last buildpack"),
);
