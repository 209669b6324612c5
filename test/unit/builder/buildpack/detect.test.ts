import { detect, type Link } from "../../../../builder/buildpack/detect";
import { buildpacks } from "../../../../buildpacks/buildpacks";
import { buildpackText, parseBuildpack } from "../../../../core/buildpack-source";
import { nodeSource } from "../../../support/node-app-source";
import { sourceOf } from "../../../support/source-view";

it("prefers a Dockerfile, then asks the buildpacks", () => {
  const both = nodeSource({}, ["Dockerfile"]);
  expect(detect({ ...both, texts: new Map([...both.texts, ["Dockerfile", "FROM a"]]) }, buildpacks)).toEqual({
    by: "dockerfile",
  });
  expect(detect(nodeSource({}), buildpacks)).toMatchObject({
    by: "buildpack",
    buildpack: { name: "nodejs" },
  });
});

it("lists what it looked for and what is there", () => {
  const source = sourceOf({ "main.c": "", Makefile: "" });
  expect(() => detect(source, buildpacks)).toThrow(
    /^Nothing here says how to build this app\.\nLooked at the root for:\n {2}Dockerfile\n.* {2}package\.json \(Node\.js\)\n.*Found: Makefile, main\.c$/s,
  );
});

it.each([
  ["php", { "composer.json": "{}", "package.json": '{"scripts": {"build": "vite build"}}' }],
  ["python", { "manage.py": "", "package.json": '{"scripts": {"start": "vite"}}' }],
  ["python", { "requirements.txt": "", "package.json": "{}", Procfile: "web: gunicorn a:b" }],
  ["nodejs", { "requirements.txt": "", "package.json": '{"scripts": {"start": "node ."}}' }],
  ["ruby", { Gemfile: "", "package.json": '{"scripts": {"start": "node ."}}' }],
  ["static", { "static.json": "{}", "requirements.txt": "" }],
  ["nodejs", { "static.json": "{}", "package.json": '{"scripts": {"build": "vite build"}}' }],
  ["deno", { "deno.json": "{}", "package.json": "{}" }],
])("asks in an order that finds %s in %j", (name, files) => {
  expect(detect(sourceOf(files as Record<string, string>), buildpacks)).toMatchObject({
    buildpack: { name },
  });
});

it("groups the buildpacks that somebody chose: those of others build in one place", () => {
  const source = sourceOf({ ".buildpacks": "", "package.json": "{}", "requirements.txt": "" });
  const sources = [
    "https://a.b/one",
    "https://a.b/two.tgz",
    "heroku/nodejs",
    "static",
    "https://a.b/three",
  ].map(parseBuildpack);
  const way = detect(source, buildpacks, undefined, { sources, by: ".buildpacks" });
  const names = (link: Link) => ("own" in link ? link.own.name : link.classic.map(buildpackText));
  expect(way.by === "chain" && way.links.map(names)).toEqual([
    ["https://a.b/one", "https://a.b/two.tgz"],
    "nodejs",
    "static",
    ["https://a.b/three"],
  ]);
});

it("takes an app whose language somebody chose, though it looks like another's", () => {
  const source = sourceOf({ "package.json": "{}", "manage.py": "" });
  const chosen = { sources: [parseBuildpack("nodejs")], by: "app.json" };
  expect(detect(source, buildpacks, undefined, chosen)).toMatchObject({ buildpack: { name: "nodejs" } });
});

it("builds a Rails app's assets by Node.js first, where a gem says that it needs it", () => {
  const files = { Gemfile: 'gem "rails"\ngem "cssbundling-rails"', "package.json": "{}" };
  expect(detect(sourceOf(files), buildpacks)).toMatchObject({
    chosen: { by: "cssbundling-rails in the Gemfile wants Node.js" },
    links: [{ own: { name: "nodejs" } }, { own: { name: "ruby" } }],
  });
});
