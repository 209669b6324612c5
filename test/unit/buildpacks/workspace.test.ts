import type { BuildPlan, Step } from "../../../buildpacks/build-plan";
import { nodejs } from "../../../buildpacks/nodejs/nodejs";
import { nodeTools } from "../../support/node-app-source";
import { sourceOf } from "../../support/source-view";

const lock = { npm: "package-lock.json", pnpm: "pnpm-lock.yaml" };

/** The plan for apps/api of a workspace, with what its package.json says beside its name. */
function planOf(
  manager: "npm" | "pnpm",
  whole: object,
  own: object,
  files: Record<string, string> = {},
): BuildPlan {
  const source = sourceOf({
    "package.json": JSON.stringify({ workspaces: ["apps/*"], ...whole }),
    [lock[manager]]: "",
    "apps/api/package.json": JSON.stringify({ name: "api", ...own }),
    ...files,
  });
  const [node, npm] = nodeTools();
  const tools = node && npm ? [node, { ...npm, tool: manager }] : [];
  return nodejs.plan({ ...source, member: "apps/api" }, tools);
}

const steps = (plan: BuildPlan): Step[] => plan.stages.flatMap((stage) => stage.steps);
const builds = (plan: BuildPlan): string[] =>
  steps(plan).flatMap((step) =>
    step.do === "run" && step.title?.startsWith("Running") ? [step.command] : [],
  );
const app = { scripts: { start: "node main.js", build: "tsc" } };

test("the app's own package says what runs, in its directory; its versions come before the workspace's", () => {
  const plan = planOf("npm", { scripts: { start: "never" } }, app);
  expect(plan.defaultProcesses).toEqual({ web: { command: "node main.js" } });
  expect(plan.notes).toContain(
    "apps/api is a package of a workspace: all of that is installed and built together.",
  );
  const image = plan.stages.at(-1)?.steps ?? [];
  expect(image).toContainEqual({ do: "workdir", path: "/app/apps/api" });
  expect(image).toContainEqual(expect.objectContaining({ do: "copy", paths: ["/app/"], to: "/app/" }));
  const versions = (own: object) =>
    nodejs.wants(
      {
        ...sourceOf({
          "package.json": JSON.stringify({ workspaces: ["apps/*"], engines: { node: "20.x" } }),
          "apps/api/package.json": JSON.stringify(own),
        }),
        member: "apps/api",
      },
      [],
    );
  expect(versions({ engines: { node: "22.x" } })).toMatchObject({ tool: "node", range: "22.x" });
  expect(versions({})).toMatchObject({ tool: "node", range: "20.x" });
});

test("what is built: by pnpm the app with what it needs, else what the root's script builds, else the app", () => {
  const build = { scripts: { build: "turbo build" } };
  expect(builds(planOf("pnpm", build, app))).toEqual(["pnpm --filter '{apps/api}...' run build"]);
  expect(builds(planOf("npm", build, app))).toEqual(["npm run build"]);
  expect(builds(planOf("npm", {}, app))).toEqual(["cd apps/api && npm run build"]);
  expect(builds(planOf("npm", {}, { scripts: { start: "node ." } }))).toEqual([]);
});

test("a site of a package is served from there", () => {
  const plan = planOf("npm", {}, { scripts: { build: "vite build" }, devDependencies: { vite: "5" } });
  expect(plan.stages.at(-1)?.steps).toContainEqual({
    do: "copy",
    from: { stage: "build" },
    paths: ["/app/apps/api/dist/"],
    to: "/app/apps/api/dist/",
  });
});

test("an output that would stand alone is not: in a workspace it has another layout", () => {
  const next = { dependencies: { next: "15" }, scripts: { build: "next build" } };
  const files = { "apps/api/next.config.js": 'module.exports = { output: "standalone" }' };
  expect(planOf("npm", {}, next, files).defaultProcesses).toEqual({
    web: { command: "next start --port $PORT" },
  });
});
