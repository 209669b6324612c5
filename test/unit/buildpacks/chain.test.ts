import { renderDockerfile } from "../../../builder/buildpack/render-dockerfile";
import { chainPlans } from "../../../buildpacks/chain";
import { classicPlan } from "../../../buildpacks/classic/classic";
import { nodejs } from "../../../buildpacks/nodejs/nodejs";
import { python } from "../../../buildpacks/python/python";
import { ruby } from "../../../buildpacks/ruby/ruby";
import { staticJson } from "../../../buildpacks/static/static";
import { nodeTools } from "../../support/node-app-source";
import { planned } from "../../support/runtimes";
import { sourceOf } from "../../support/source-view";

const stack = {
  build: { role: "build" as const, ref: "paas/stack-build:x", dockerfile: "" },
  run: { role: "run" as const, ref: "paas/stack-run:x", dockerfile: "" },
};
const rendered = (plan: Parameters<typeof renderDockerfile>[0]): string =>
  renderDockerfile(plan, stack, ({ name }) => name).dockerfile;

const classic = classicPlan({
  sources: [{ from: "git", url: "https://example.com/a.git", ref: null }],
  last: false,
  cache: "classic",
  configNames: [],
  commit: "c0ffee",
  buildId: "b1",
});

test("Rails with assets by Node.js: Ruby builds with Node.js upon what it has built, and starts", () => {
  const source = sourceOf({
    "package.json": '{"scripts": {"build": "esbuild"}, "dependencies": {"esbuild": "1"}}',
    "package-lock.json": "{}",
    Gemfile: 'gem "rails"\ngem "puma"\ngem "rake"',
    "Gemfile.lock": "",
    "config.ru": "",
    "config/application.rb": "",
    Rakefile: "",
  });
  const assets = nodejs.plan({ ...source, procfile: "" }, nodeTools());
  const plan = chainPlans([assets, planned(ruby, source)]);
  expect([plan.notes, plan.defaultProcesses, rendered(plan)]).toMatchSnapshot();
});

test("Python after a buildpack of others installs in the environment that this exports, before the source comes", () => {
  const source = sourceOf({ "requirements.txt": "flask", "main.py": "" });
  const plan = chainPlans([classic, planned(python, source)]);
  expect([plan.verbatim, rendered(plan)]).toMatchSnapshot();
});

test("a site that is built before is looked for in the build", () => {
  const files = { "package.json": "{}", "static.json": '{"root": "out"}' };
  const site = staticJson.plan({ ...sourceOf(files), unfinished: true }, []);
  const step = chainPlans([classic, site]).stages.at(-1)?.steps.at(-2);
  expect(step).toMatchObject({ command: "test -f '/app/out/index.html'" });
  expect(() => staticJson.plan(sourceOf(files), [])).toThrow("There is no out/index.html");
});
