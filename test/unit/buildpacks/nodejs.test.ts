import { nodejs } from "../../../buildpacks/nodejs/nodejs";
import { nodeSource, nodeTools } from "../../support/node-app-source";

const commands = (plan: ReturnType<typeof nodejs.plan>): string[] =>
  plan.stages.flatMap(({ steps }) => steps.flatMap((step) => (step.do === "run" ? [step.command] : [])));
const appCommands = (plan: ReturnType<typeof nodejs.plan>): string[] =>
  commands(plan).filter((command) => command.startsWith("npm"));
const start = { scripts: { start: "node index.js" } };

describe("which versions", () => {
  it("asks for Node.js by engines.node, and then for the npm that goes with it", () => {
    const source = nodeSource({ engines: { node: ">=18" } });
    expect(nodejs.wants(source, [])).toMatchObject({
      tool: "node",
      range: ">=18",
      reason: 'engines.node ">=18"',
    });
    const [node] = nodeTools("18.20.0");
    expect(nodejs.wants(source, node ? [node] : [])).toMatchObject({ tool: "npm", range: "10.8.2" });
    expect(nodejs.wants(source, nodeTools("18.20.0"))).toBeNull();
  });

  it.each([
    [{ packageManager: "npm@9.1.2+sha512.abc" }, "9.1.2"],
    [{ engines: { npm: "^10" } }, "^10"],
    [{ packageManager: "pnpm@9.0.0" }, "11.12.1"],
  ])("takes npm from %j", (pkg, range) => {
    expect(nodejs.wants(nodeSource(pkg), nodeTools().slice(0, 1))).toMatchObject({ tool: "npm", range });
  });

  it.each(["latest", "lts/*", "v20 or so", "$(id)"])(
    "refuses %s as a range and says what to write",
    (node) => {
      expect(() => nodejs.wants(nodeSource({ engines: { node } }), [])).toThrow(
        /engines\.node .* is not a version range/,
      );
    },
  );
});

describe("package.json", () => {
  it.each([
    ["{", /not valid JSON/],
    ["[]", /not as it should be/],
    ['{"scripts": {"start": 5}}', /scripts\.start/],
  ])("%s is a clear error", (text, message) => {
    expect(() => nodejs.wants(nodeSource(text), [])).toThrow(message);
  });
});

describe("the plan", () => {
  it("puts the source straight upon the dependencies when there is nothing to build", () => {
    const plan = nodejs.plan(nodeSource(start, ["package-lock.json"]), nodeTools());
    expect(appCommands(plan)).toEqual(["npm ci --omit=dev && mkdir -p node_modules"]);
    const image = plan.stages.at(-1);
    expect(image?.steps.at(-2)).toMatchObject({ do: "copy", from: "source", paths: ["."] });
  });

  it("builds with dev dependencies and removes them afterwards", () => {
    const pkg = { scripts: { ...start.scripts, build: "tsc" }, devDependencies: { typescript: "5.0.0" } };
    expect(appCommands(nodejs.plan(nodeSource(pkg, ["package-lock.json"]), nodeTools()))).toEqual([
      "npm ci --include=dev && mkdir -p node_modules",
      "npm run build",
      "npm prune --omit=dev --ignore-scripts",
    ]);
  });

  it("speaks the npm 6 of old releases", () => {
    const pkg = { scripts: { ...start.scripts, build: "x" }, devDependencies: { a: "1" } };
    expect(appCommands(nodejs.plan(nodeSource(pkg), nodeTools("14.21.3", "6.14.18")))).toEqual([
      "npm install --production=false && mkdir -p node_modules",
      "npm run build",
      "npm prune --production --ignore-scripts",
    ]);
  });

  it.each([
    [{ scripts: { ...start.scripts, postinstall: "prisma generate" } }, []],
    [{ dependencies: { mine: "file:./packages/mine" } }, []],
    [{ workspaces: ["packages/*"] }, []],
    [{}, ["binding.gyp"]],
  ])("installs with the whole source at hand for %j %j", (pkg, names) => {
    const plan = nodejs.plan(nodeSource({ ...start, ...pkg }, names), nodeTools());
    const steps = plan.stages.find(({ name }) => name === "build")?.steps ?? [];
    const source = steps.findIndex((step) => step.do === "copy" && step.paths[0] === ".");
    expect(source).toBeLessThan(steps.findIndex((step) => step.do === "run"));
    expect(source).toBeGreaterThan(-1);
  });

  it("runs Heroku's scripts: prebuild before the installation, postbuild in place of build", () => {
    const scripts = { ...start.scripts, build: "b", "heroku-prebuild": "p", "heroku-postbuild": "q" };
    expect(appCommands(nodejs.plan(nodeSource({ scripts }), nodeTools()))).toEqual([
      "npm run heroku-prebuild",
      "npm install --include=dev && mkdir -p node_modules",
      "npm run heroku-postbuild",
    ]);
  });

  it("keeps the repository's node_modules out and says so", () => {
    const plan = nodejs.plan(nodeSource(start, ["node_modules"]), nodeTools());
    expect(plan.excludes).toEqual(["node_modules"]);
    expect(plan.notes.join("\n")).toContain("node_modules of the repository stays out");
  });
});

describe("what runs", () => {
  it.each([
    [{ scripts: { start: "node a.js" } }, [], { web: { command: "node a.js" } }],
    [{ scripts: { start: "node a.js", prestart: "x" } }, [], { web: { command: "npm start" } }],
    [{}, ["server.js"], { web: { command: "node server.js" } }],
  ])("%j with %j", (pkg, names, processes) => {
    expect(nodejs.plan(nodeSource(pkg, names), nodeTools()).defaultProcesses).toEqual(processes);
  });

  it("is the Procfile's business where there is one", () => {
    expect(nodejs.plan(nodeSource({}, [], "worker: node w.js"), nodeTools()).defaultProcesses).toEqual({});
  });

  it("fails with what to add when nothing says it", () => {
    expect(() => nodejs.plan(nodeSource({}), nodeTools())).toThrow(/add a Procfile/);
  });
});
