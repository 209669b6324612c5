import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chosenBuildpacks } from "../../../builder/buildpack/chosen-buildpacks";
import { detect } from "../../../builder/buildpack/detect";
import { runtimeIndex } from "../../../builder/runtimes/runtime-index";
import type { Found, SourceView, Wish } from "../../../buildpacks/buildpack";
import { buildpacks } from "../../../buildpacks/buildpacks";
import { parseAppJson } from "../../../core/app-json";
import { PaasError } from "../../../core/error";
import { parseProcfile } from "../../../core/procfile";
import { complaint } from "../../../core/transcript";
import { nodeTools } from "../../support/node-app-source";
import { sourceOf } from "../../support/source-view";

const transcript = join(__dirname, "../../transcripts/builds/broken-apps.txt");
const node = (pkg: object, files: Record<string, string> = {}) => ({
  "package.json": JSON.stringify(pkg),
  ...files,
});
const start = { scripts: { start: "node ." } };

/** What people push and cannot be built, by what is wrong with it. Nothing of these needs Docker to be seen. */
const broken: Record<string, Record<string, string>> = {
  "nothing that is known": { "main.c": "", Makefile: "" },
  "programs without a manifest": { "app.py": "", "main.go": "" },
  "an app below the root": { "README.md": "", "apps/api/package.json": "{}", "web/Dockerfile": "" },
  "an empty commit": {},
  "package.json that is no JSON": { "package.json": '{ "name": "shop", }' },
  "package.json with a number for a script": { "package.json": '{ "scripts": { "start": 5 } }' },
  "engines.node that is no range": node({ ...start, engines: { node: "latest please" } }),
  "an .nvmrc nobody knows": node(start, { ".nvmrc": "lts/unobtainium" }),
  "lock files of two package managers": node(start, { "package-lock.json": "{}", "yarn.lock": "" }),
  "packageManager that is not the lock file's": node(
    { ...start, packageManager: "pnpm@9.1.0" },
    { "yarn.lock": "" },
  ),
  "a package manager nobody knows": node({ ...start, packageManager: "cnpm@1.0.0" }),
  "Node.js with nothing to start": node({ scripts: { test: "jest" } }, { "lib.js": "" }),
  "a Procfile line that is none": { ...node(start), Procfile: "web: node .\nworker node worker.js\n" },
  "a Procfile that speaks to terminals": { ...node(start), Procfile: "web: \x1b]0;x\x07node .\n" },
  "a process type that stands there twice": { ...node(start), Procfile: "web: a\nweb: b\n" },
  "static.json that is no JSON": { "static.json": "{root: 'public'}" },
  "static.json with a key nobody knows": {
    "static.json": '{ "root": "public", "proxies": {} }',
    "public/index.html": "",
  },
  "static.json without a first page": { "static.json": '{ "root": "dist" }', "public/index.html": "" },
  "Python that nobody has": { "requirements.txt": "", "main.py": "", ".python-version": "2.7" },
  "pyproject.toml that is no TOML": { "pyproject.toml": "[project\nname = 1" },
  "Django without a server": { "manage.py": "", "requirements.txt": "django", "shop/wsgi.py": "" },
  "Ruby of a version Debian has not": { Gemfile: 'ruby "3.4.1"', "config.ru": "" },
  "Go that is newer than there is": {
    "go.mod": "module example.org/shop\n\ngo 1.99\n",
    "main.go": "package main",
  },
  "go.mod without a module": { "go.mod": "go 1.22\n" },
  "Go with several programs": {
    "go.mod": "module example.org/shop\n",
    "cmd/one/main.go": "",
    "cmd/two/main.go": "",
  },
  "PHP of another age": { "composer.json": '{ "require": { "php": "^5.6" } }', "index.php": "" },
  "Rust of a version that is none": {
    "Cargo.toml": '[package]\nname = "shop"',
    "rust-toolchain": "nightly-2024",
  },
  "a buildpack that nobody knows": { ".buildpacks": "https://example.com/a.git\nowner/unknown\n" },
  "a buildpack's address with a password": { ".buildpacks": "https://me:secret@example.com/a.git\n" },
  "an app that is not its own buildpack": { ".buildpacks": "inline\n", "bin/compile": "" },
  "a buildpack of the platform for another language": {
    "app.json": '{ "buildpacks": [{ "url": "heroku/python" }] }',
    ...node(start),
  },
  "Gradle's wrapper without its jar": { "build.gradle.kts": "", gradlew: "" },
  "Java from the future": { "pom.xml": "<java.version>99</java.version>" },
};

it("is told what is wrong and what to do", async () => {
  let text = "";
  for (const [what, files] of Object.entries(broken)) text += `# ${what}\n${await complaintAbout(files)}\n`;
  if (process.env.UPDATE_TRANSCRIPTS === "1") writeFileSync(transcript, text);
  expect(text).toBe(readFileSync(transcript, "utf8"));
});

/** Images are out of reach, as on a machine without a registry. */
const runtimes = runtimeIndex({
  engine: {
    inspect: async () => null,
    pull: () => Promise.reject(new PaasError("unavailable", "no such host")),
  },
  pulls: { pulled: async () => undefined, used: async () => undefined },
  pullIdleMs: 1,
  awayMs: 1000,
  now: () => 0,
});
const find = async (wish: Wish): Promise<Found> => {
  if ("runtime" in wish) return runtimes.find(wish);
  const tool = nodeTools().find(({ tool }) => tool === wish.tool);
  if (!tool) throw new Error(`no ${wish.tool} in this test`);
  return tool;
};

async function complaintAbout(files: Record<string, string>): Promise<string> {
  try {
    const source = sourceOf(files);
    if (source.procfile !== null) parseProcfile(source.procfile);
    await plan(source);
  } catch (error) {
    if (error instanceof PaasError) return complaint(error.message);
    throw error;
  }
  throw new Error(`was not refused: ${Object.keys(files).join(", ")}`);
}

async function plan(source: SourceView): Promise<void> {
  const named = parseAppJson(source.texts.get("app.json") ?? null).buildpacks;
  const way = detect(source, buildpacks, undefined, chosenBuildpacks({}, source, named));
  if (way.by !== "buildpack") return;
  const found: Found[] = [];
  for (let wish = way.buildpack.wants(source, found); wish; wish = way.buildpack.wants(source, found))
    found.push(await find(wish));
  way.buildpack.plan(source, found);
}
