import { readdirSync } from "node:fs";
import { join } from "node:path";
import { detect } from "../../../builder/buildpack/detect";
import { renderDockerfile } from "../../../builder/buildpack/render-dockerfile";
import { buildpacks } from "../../../buildpacks/buildpacks";
import type { Stack } from "../../../buildpacks/stack/stack";
import { fromAnywhere, fromDebian, planned } from "../../support/runtimes";
import { sourceIn, sourceOf } from "../../support/source-view";

const apps = join(__dirname, "../../fixtures/languages");
const stack: Stack = {
  build: { role: "build", ref: "paas/stack-build:x", dockerfile: "" },
  run: { role: "run", ref: "paas/stack-run:x", dockerfile: "" },
};

function golden(files: ReturnType<typeof sourceOf>, find = fromDebian): string {
  const way = detect(files, buildpacks);
  if (way.by !== "buildpack") throw new Error("a Dockerfile");
  const plan = planned(way.buildpack, files, find);
  const { dockerfile, runs } = renderDockerfile(
    plan,
    stack,
    ({ name, shared }) => `${shared ? "all" : "app"}-${name}`,
  );
  const processes = Object.entries(plan.defaultProcesses).map(([type, { command }]) => `${type}: ${command}`);
  const titles = [...runs.values()].map(({ title }) => title);
  return ["", plan.buildpack, ...plan.notes, "", ...titles, "", dockerfile, ...processes, ""].join("\n");
}

/** Those with a runtime; what Node.js apps build with comes from npm's registry. */
const withRuntime = readdirSync(apps).filter((name) => {
  const { names } = sourceIn(join(apps, name));
  return !names.has("package.json") && !names.has("deno.json");
});

it.each(withRuntime)("plans %s", (name) => {
  expect(golden(sourceIn(join(apps, name)))).toMatchSnapshot();
});

describe("with a registry in reach", () => {
  it.each(
    Object.entries({
      python: {
        "requirements.txt": "flask\ngunicorn\npsycopg2",
        "app.py": "app = Flask()",
        ".python-version": "3.13",
      },
      "a rails app": {
        Gemfile: 'ruby "~> 3.3"\ngem "rails"\ngem "puma"\ngem "pg"\ngem "rake"',
        "Gemfile.lock": "BUNDLED WITH\n   2.5.3",
        "config.ru": "",
        "config/application.rb": "",
        Rakefile: "",
      },
      go: { "go.mod": "module a.b/c\n\ngo 1.24", "main.go": "package main" },
      "a laravel app": {
        "composer.json": '{"require": {"php": "^8.3", "ext-curl": "*"}}',
        "composer.lock": "{}",
        "public/index.php": "",
      },
      "a spring app": { "pom.xml": "<java.version>21</java.version> spring-boot", mvnw: "" },
      gradle: {
        "build.gradle.kts": "JavaLanguageVersion.of(21)",
        gradlew: "",
        "gradle/wrapper/gradle-wrapper.jar": "",
      },
      rust: {
        "Cargo.toml": '[package]\nname = "a"\n[[bin]]\nname = "one"',
        "rust-toolchain": "1.99",
        "src/bin/two.rs": "",
        Procfile: "web: bin/one",
      },
    }),
  )("plans %s", (_name, files) => {
    expect(golden(sourceOf(files as Record<string, string>), fromAnywhere)).toMatchSnapshot();
  });
});
