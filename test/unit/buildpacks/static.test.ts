import { staticJson, staticPages } from "../../../buildpacks/static/static";
import { sourceOf } from "../../support/source-view";

const config = (files: Record<string, string>): string => {
  const plan = (files["static.json"] === undefined ? staticPages : staticJson).plan(sourceOf(files), []);
  const steps = plan.stages.flatMap((stage) => stage.steps);
  return (
    steps.flatMap((step) => (step.do === "file" && step.path.endsWith(".conf") ? [step.text] : []))[0] ?? ""
  );
};
const site = (json: unknown): string =>
  config({ "static.json": JSON.stringify(json), "public_html/index.html": "" });

it.each([
  [["index.html"], "/app"],
  [["public/index.html", "readme"], "/app/public"],
  [["docs.md", "_site/index.html"], "/app/_site"],
])("finds the site in %j", (names, directory) => {
  const text = config(Object.fromEntries(names.map((name) => [name, ""])));
  expect(text).toContain(`root "${directory}";`);
});

it("does not take a repository without a first page", () => {
  expect(staticPages.detect(sourceOf({ "src/index.html": "" }))).toBe(false);
});

it("writes the whole configuration", () => {
  expect(
    site({
      clean_urls: true,
      https_only: true,
      error_page: "oops.html",
      routes: { "/**": "index.html" },
      redirects: { "/old/*": { url: 'https://e.org/"$1"', status: 308 } },
      headers: { "/**": { "X-A": "all" }, "/a.b": { "X-A": "one", "X-B": "$host" } },
    }),
  ).toMatchSnapshot();
});

it("lets no value become a directive or a variable", () => {
  const text = site({ headers: { '/a"; } #': { "X-A": '"; $host; \\' } } });
  expect(text).toContain('"~^/a\\"; \\\\} #$" "\\"; \x24{dollar}host; \\\\";');
});

it("leaves caching to those who say it themselves", () => {
  expect(site({ headers: { "/**": { "Cache-Control": "no-store" } } })).not.toContain("$cache_control");
});

it.each([
  ["{", /static\.json is not valid JSON/],
  ['{"root": "../x"}', /root is not as it should be \(leaves the repository\)/],
  ['{"proxies": {}}', /Unrecognized key: "proxies"/],
  ['{"headers": {"/": {"X A": "1"}}}', /headers\.\/\.X A is not as it should be/],
  ['{"headers": {"/": {"X": "a\\nb"}}}', /holds a control character/],
  ['{"redirects": {"/a": {"url": "/b", "status": 200}}}', /redirects\.\/a\.status/],
  ['{"root": "web"}', /There is no web\/index\.html/],
])("refuses %s", (json, message) => {
  expect(() => config({ "static.json": json, "public_html/index.html": "" })).toThrow(message);
});
