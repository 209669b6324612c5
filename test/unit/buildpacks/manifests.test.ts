import { goModule, webProgram } from "../../../buildpacks/go/go-module";
import { javaProject } from "../../../buildpacks/java/java-project";
import { phpProject } from "../../../buildpacks/php/composer-project";
import { nginxConfig } from "../../../buildpacks/php/server-files";
import { gemRange, rubyProject } from "../../../buildpacks/ruby/gemfile";
import { cargoProject } from "../../../buildpacks/rust/cargo-project";
import { sourceOf } from "../../support/source-view";

describe("go.mod", () => {
  it("names the programs as the go command does", () => {
    const files = {
      "go.mod": "module a.b/shop/v2\n\ngo 1.22.1",
      "main.go": "// x\npackage main",
      "cmd/jobs/run.go": "",
    };
    expect(goModule(sourceOf(files))).toMatchObject({
      programs: ["shop", "jobs"],
      packages: ["./..."],
      constraint: { range: ">=1.22.1 <2" },
      vendored: false,
    });
  });

  it("may say which packages to build, and nothing that a shell would obey", () => {
    const mod = (line: string) =>
      goModule(sourceOf({ "go.mod": `module a\n// +heroku install ${line}` })).packages;
    expect(mod("./cmd/a ./cmd/b")).toEqual(["./cmd/a", "./cmd/b"]);
    expect(mod("; rm -rf / $(id)")).toEqual(["./..."]);
  });

  it.each([
    [["one"], "one"],
    [["one", "two"], null],
    [["one", "server"], "server"],
  ])("of %j %s is the web process", (programs, web) => {
    expect(webProgram({ programs, constraint: null, packages: [], vendored: false })).toBe(web);
  });
});

describe("Gemfile", () => {
  it.each([
    ["3.1.2", "3.1.2"],
    ["~> 3.1", ">=3.1 <4"],
    ["~> 3.1.0", ">=3.1.0 <3.2"],
    [">= 3.0, < 4", ">=3.0 <4"],
    ["head", null],
  ])("%s is %s", (text, range) => expect(gemRange(text)).toBe(range));

  it("and its lock name the gems", () => {
    const files = {
      Gemfile: 'gem "rails", "~> 7"\n  gem("pg")',
      "Gemfile.lock": "    rake (13.0)\n      no (1)",
    };
    expect([...rubyProject(sourceOf(files)).gems]).toEqual(["rails", "pg", "rake"]);
  });
});

it.each([
  [
    { "Cargo.toml": '[package]\nname = "a"', "src/main.rs": "", "src/bin/b.rs": "", "src/bin/c/main.rs": "" },
    ["a", "b", "c"],
  ],
  [{ "Cargo.toml": '[package]\nname = "a"\n[[bin]]\nname = "x"', "src/main.rs": "" }, ["x"]],
  [{ "Cargo.toml": "[workspace]" }, []],
])("finds the programs of %j", (files, programs) => {
  expect(cargoProject(sourceOf(files as Record<string, string>)).programs).toEqual(programs);
});

it("refuses names that are none", () => {
  expect(() => cargoProject(sourceOf({ "Cargo.toml": '[package]\nname = "a; id"' }))).toThrow(
    /package\.name/,
  );
});

it.each([
  ['{"require": {"php": "^8.1|^8.2"}}', { constraint: { range: "^8.1 || ^8.2" } }],
  [
    '{"require": {"ext-pdo_mysql": "*", "ext-json": "*"}}',
    { extensions: ["curl", "mbstring", "mysql", "xml"] },
  ],
])("reads %s", (json, project) => {
  expect(phpProject(sourceOf({ "composer.json": json, "public/index.php": "" }))).toMatchObject({
    ...project,
    webRoot: "public",
  });
});

it.each([
  [{ "pom.xml": "<java.version>1.8</java.version>" }, ">=8"],
  [{ "pom.xml": "", "system.properties": "java.runtime.version=21\n" }, "21.x"],
  [{ "build.gradle": "sourceCompatibility = JavaVersion.VERSION_17" }, ">=17"],
  [{ "build.gradle.kts": "languageVersion = JavaLanguageVersion.of(21)" }, "21.x"],
])("takes Java from %j", (files, range) => {
  expect(javaProject(sourceOf(files as Record<string, string>)).constraint?.range).toBe(range);
});

it("hides what is not the site's only where the site is the whole repository", () => {
  const site = { directory: "/app", front: true };
  expect(nginxConfig({ ...site, whole: true })).toMatchSnapshot();
  expect(nginxConfig({ ...site, directory: "/app/public", whole: false })).not.toContain("vendor");
});
