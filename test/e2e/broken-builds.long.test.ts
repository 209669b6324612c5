import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startPlatform, type TestPlatform } from "../support/platform";
import { Project } from "../support/project";

const apps = join(__dirname, "../fixtures");

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 300_000);
afterAll(() => platform?.stop(), 120_000);
jest.setTimeout(600_000);

const lock = (name: string) => readFileSync(join(apps, name), "utf8");
const dependsOn = (version: string) =>
  JSON.stringify({ scripts: { start: "node ." }, engines: { node: "22.x" }, dependencies: { ms: version } });

/** What only the build itself can see, by the step that fails and what its tool says. */
const broken: [
  name: string,
  files: Record<string, string>,
  message: string,
  said: RegExp,
  config?: string[],
][] = [
  [
    "npm-lock",
    {
      "package.json": dependsOn("2.1.2"),
      "package-lock.json": lock("frameworks/vite-spa/package-lock.json"),
    },
    "Installing dependencies (npm ci) failed with exit code 1.",
    /package\.json and package-lock\.json.* in sync/,
  ],
  [
    "yarn-lock",
    { "package.json": dependsOn("2.1.2"), "yarn.lock": lock("node/node-yarn1/yarn.lock") },
    "Installing dependencies (yarn install --frozen-lockfile) failed with exit code 1.",
    /lockfile needs to be updated/,
  ],
  [
    "pnpm-lock",
    { "package.json": dependsOn("2.1.2"), "pnpm-lock.yaml": lock("node/node-pnpm/pnpm-lock.yaml") },
    "Installing dependencies (pnpm install --frozen-lockfile) failed with exit code 1.",
    /pnpm-lock\.yaml is not up to date/,
  ],
  [
    "build-script",
    { "package.json": JSON.stringify({ scripts: { start: "node .", build: "node missing.js" } }) },
    "Running npm run build failed with exit code 1.",
    /Cannot find module '\/app\/missing\.js'/,
  ],
  [
    "requirement",
    { "requirements.txt": "--no-index\nnot-there==1.0\n", "main.py": "" },
    "Installing dependencies (pip, requirements.txt) failed with exit code 1.",
    /No matching distribution found for not-there==1\.0/,
  ],
  [
    "poetry-index",
    { "pyproject.toml": "[tool.poetry]", "poetry.lock": "", "main.py": "" },
    "poetry could not be installed. Is Python's package index in reach of this machine?",
    /No matching distribution found for poetry/,
    ["PIP_INDEX_URL=http://127.0.0.1:9/", "PIP_RETRIES=0"],
  ],
  [
    "maven-wrapper",
    { "pom.xml": "<project/>", mvnw: "curl -fsS http://127.0.0.1:9/apache-maven.zip -o maven.zip" },
    "./mvnw could not fetch Maven. Is the distributionUrl in .mvn/wrapper/maven-wrapper.properties right, and in reach of this machine? Without mvnw in the repository, Debian's Maven 3.8.7 builds.",
    /curl: \(7\) Failed to connect to 127\.0\.0\.1 port 9/,
  ],
  [
    "go-code",
    {
      "go.mod": "module example.org/shop\n\ngo 1.22\n",
      "main.go": "package main\n\nfunc main() { nothing() }\n",
    },
    "Building ./... failed with exit code 1.",
    /main\.go:3:15: undefined: nothing/,
  ],
  [
    "cargo-lock",
    {
      "Cargo.toml": lock("languages/rust-cargo/Cargo.toml").replace("1.0.0", "1.1.0"),
      "Cargo.lock": lock("languages/rust-cargo/Cargo.lock"),
      "src/main.rs": "fn main() {}",
    },
    "Building (cargo build --release) failed with exit code 101.",
    /--locked/,
  ],
];

it.each(broken)("%s is refused in the tool's own words", async (name, files, message, said, config) => {
  const project = await Project.create(platform, name);
  if (config) await project.paas("config:set", "--build", ...config);
  await project.commit(files);
  const { stderr, exitCode } = await project.push("main");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(message);
  expect(stderr).toMatch(said);
  await project.paas("destroy", name, "--confirm", name);
});
