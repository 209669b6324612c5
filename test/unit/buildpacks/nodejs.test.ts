import type { Tool } from "../../../buildpacks/buildpack";
import { nodejs } from "../../../buildpacks/nodejs/nodejs";
import { nodeSource, nodeTools } from "../../support/node-app-source";
import { sourceOf } from "../../support/source-view";

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
  ])("takes npm from %j", (pkg, range) => {
    expect(nodejs.wants(nodeSource(pkg), nodeTools().slice(0, 1))).toMatchObject({ tool: "npm", range });
  });

  it.each([
    [{ packageManager: "pnpm@9.0.0" }, [], "pnpm", "9.0.0"],
    [{}, ["pnpm-lock.yaml"], "pnpm", "10.x"],
    [{ engines: { pnpm: "^8" } }, ["pnpm-lock.yaml"], "pnpm", "^8"],
    [{}, ["yarn.lock"], "yarn", "1.x"],
    [{}, ["yarn.lock", ".yarnrc.yml"], "yarn", "4.x"],
    [{ packageManager: "yarn@3.6.1" }, ["yarn.lock"], "yarn", "3.6.1"],
    [{}, ["bun.lockb"], "bun", "1.x"],
  ])("takes the package manager from %j %j: %s %s", (pkg, names, tool, range) => {
    expect(nodejs.wants(nodeSource(pkg, names), nodeTools().slice(0, 1))).toMatchObject({ tool, range });
  });

  it.each([
    ["11.28.11", null],
    ["12.21.0", { tool: "pnpm-exe", range: "12.21.0" }],
  ])("has pnpm %s with its program %j", (version, wish) => {
    const [node] = nodeTools();
    const pnpm = { ...(node as Tool), tool: "pnpm" as const, version };
    const wanted = nodejs.wants(nodeSource({}, ["pnpm-lock.yaml"]), [node as Tool, pnpm]);
    expect(wanted).toEqual(wish === null ? null : expect.objectContaining(wish));
  });

  it("brings npm beside another manager when a script calls it", () => {
    const source = nodeSource({ scripts: { start: "npx serve" } }, ["yarn.lock"]);
    const [node] = nodeTools();
    const yarn = { ...(node as Tool), tool: "yarn" as const, version: "1.22.22" };
    expect(nodejs.wants(source, [node as Tool, yarn])).toMatchObject({
      tool: "npm",
      reason: "a script calls it",
    });
  });

  it.each([
    [".nvmrc", "v20.11.1\n", "20.11.1"],
    [".nvmrc", "lts/iron", "20.x"],
    [".nvmrc", "lts/*", "24.x"],
    [".node-version", "18", "18.x"],
  ])("takes Node.js from %s %j", (file, text, range) => {
    const source = sourceOf({ "package.json": "{}", [file]: text });
    expect(nodejs.wants(source, [])).toMatchObject({ tool: "node", range });
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

describe("a framework", () => {
  const built = { build: "x build" };
  const served = (pkg: object, files: Record<string, string> = {}) => {
    const plan = nodejs.plan(sourceOf({ "package.json": JSON.stringify(pkg), ...files }), nodeTools());
    const config = plan.stages.at(-1)?.steps.find((step) => step.do === "file");
    const root = config?.do === "file" ? (/root "([^"]+)"/.exec(config.text)?.[1] ?? null) : null;
    return { web: plan.defaultProcesses.web?.command, root };
  };

  it.each([
    ["next", {}, "next start --port $PORT"],
    ["nuxt", {}, "node .output/server/index.mjs"],
    ["@remix-run/serve", { vite: "5" }, "remix-serve ./build/server/index.js"],
    ["@react-router/serve", {}, "react-router-serve ./build/server/index.js"],
    ["@sveltejs/kit", { "@sveltejs/adapter-node": "5" }, "node build"],
    ["astro", { "@astrojs/node": "9" }, "HOST=0.0.0.0 node ./dist/server/entry.mjs"],
  ])("%s with %j runs %s", (name, others, web) => {
    const pkg = { scripts: built, dependencies: { [name]: "1", ...others } };
    expect(served(pkg)).toEqual({ web, root: null });
  });

  it.each([
    ["vite", {}, "/app/dist"],
    ["vite", { "vite.config.ts": 'build: { outDir: "./public" }' }, "/app/public"],
    ["react-scripts", {}, "/app/build"],
    ["astro", {}, "/app/dist"],
    ["next", { "next.config.mjs": "export default { output: 'export' }" }, "/app/out"],
  ])("%s with %j is a site in %s", (name, files, root) => {
    expect(served({ scripts: built, devDependencies: { [name]: "1" } }, files)).toEqual({
      web: "serve-site",
      root,
    });
  });

  it("whose start script is a development server is served as built", () => {
    const pkg = { scripts: { ...built, start: "vite preview" }, devDependencies: { vite: "1" } };
    expect(served(pkg).root).toBe("/app/dist");
    expect(served({ ...pkg, scripts: { ...built, start: "node server.js" } })).toEqual({
      web: "node server.js",
      root: null,
    });
  });

  it("is served as static.json says, and as a Procfile says before all", () => {
    const pkg = { scripts: built, devDependencies: { vite: "1" } };
    expect(served(pkg, { "static.json": '{"root": "out"}' }).root).toBe("/app/out");
    expect(
      nodejs
        .plan(nodeSource(pkg, [], "web: node x.js"), nodeTools())
        .stages.at(-1)
        ?.steps.some((step) => step.do === "file"),
    ).toBe(false);
  });

  const taken = (pkg: object, files: Record<string, string> = {}) => {
    const plan = nodejs.plan(sourceOf({ "package.json": JSON.stringify(pkg), ...files }), nodeTools());
    const copies = plan.stages.at(-1)?.steps.flatMap((step) => (step.do === "copy" ? step.paths : []));
    return copies?.filter((path) => path.startsWith("/app/"));
  };
  const nuxt = { scripts: { ...built, dev: "nuxt dev" }, dependencies: { nuxt: "4" } };
  const next = { scripts: { ...built, start: "next start" }, dependencies: { next: "15" } };
  const standalone = { "next.config.ts": 'const config = { output: "standalone" }' };

  it("that builds a server with its dependencies has only that in the image", () => {
    expect(taken(nuxt)).toEqual(["/app/.output/"]);
    expect(taken(next, standalone)).toEqual(["/app/.next/standalone/", "/app/.next/static/"]);
    expect(taken(next, { ...standalone, "public/a": "" })).toContain("/app/public/");
    expect(served(next, standalone).web).toBe("HOSTNAME=0.0.0.0 node server.js");
  });

  it.each<[string, object, Record<string, string>]>([
    ["a Procfile", nuxt, { Procfile: "web: node .output/server/index.mjs" }],
    ["a schedule", nuxt, { "app.json": '{ "cron": [] }' }],
    ["a script of its own", { ...nuxt, scripts: { ...nuxt.scripts, "db:migrate": "x" } }, {}],
    ["a tool for its database", { ...nuxt, devDependencies: { prisma: "6" } }, {}],
    ["no standalone output", next, {}],
    ["files from above", next, { "next.config.js": "output: 'standalone', outputFileTracingRoot: '..'" }],
  ])("has everything in the image with %s", (_what, pkg, files) => {
    expect(taken(pkg, files)).toEqual(["/app/"]);
  });
});
