import { PaasError } from "../../core/error";
import type { BuildPlan, Step } from "../build-plan";
import type { Buildpack, SourceView } from "../buildpack";
import { appUser } from "../stack/stack";
import { serveCommand, siteStage } from "./site-stage";
import { parseStaticJson, type Site } from "./static-json";

/** Where sites and generators of sites keep what is served; the first that has an index.html. */
const roots = [".", "public", "dist", "build", "out", "_site", "public_html", "www", "site"];
const settings = "static.json";

/** Sites that say so themselves. */
export const staticJson: Buildpack = {
  name: "static",
  manifests: ["static.json"],
  language: "static site",
  reads: [settings],
  // A site that is still to be built is for the buildpack that builds it.
  detect: ({ texts }) =>
    texts.has(settings) && !/"(build|heroku-postbuild)"\s*:/.test(texts.get("package.json") ?? ""),
  builds: ({ texts, unfinished }) => texts.has(settings) || unfinished === true,
  wants: () => null,
  plan,
};

/** Anything else with an index.html. */
export const staticPages: Buildpack = {
  ...staticJson,
  manifests: ["index.html"],
  detect: (source) => rootOf(source) !== null,
  builds: (source) => rootOf(source) !== null,
};

function plan(source: SourceView): BuildPlan {
  const site = siteOf(source);
  const index = site.root === "." ? "index.html" : `${site.root}/index.html`;
  const fault = `There is no ${index}: put the site's first page there, or say in static.json where it lies ("root").`;
  if (!source.files.has(index) && !source.unfinished) throw new PaasError("build_failed", fault);
  const content: Step = { do: "copy", from: "source", paths: ["."], to: `${appUser.home}/` };
  const command = `test -f '${appUser.home}/${index}'`;
  const looked: Step[] = source.unfinished ? [{ do: "run", title: null, command, fault }] : [];
  return {
    buildpack: "static",
    notes: siteNotes(site, source.texts.has(settings)),
    excludes: [settings, "Procfile", "app.json"],
    stages: [siteStage(site, [content, ...looked])],
    defaultProcesses: { web: { command: serveCommand } },
  };
}

function siteOf(source: SourceView): Site {
  const builtBefore = source.unfinished === true && source.names.has("package.json");
  const root = builtBefore ? "dist" : (rootOf(source) ?? "public_html");
  const text = source.texts.get(settings);
  const site = { ...plainSite, root };
  const said = text === undefined ? site : parseStaticJson(text, site);
  return { ...said, errorPage: said.errorPage ?? errorPageIn(source, said.root) };
}

/** What static.json does not say. */
export const plainSite: Site = {
  root: ".",
  cleanUrls: true,
  httpsOnly: false,
  errorPage: null,
  routes: {},
  redirects: {},
  headers: {},
};

const under = (root: string, name: string): string => (root === "." ? name : `${root}/${name}`);

const rootOf = ({ files }: SourceView): string | null =>
  roots.find((root) => files.has(under(root, "index.html"))) ?? null;

const errorPageIn = ({ files }: SourceView, root: string): string | null =>
  files.has(under(root, "404.html")) ? "404.html" : null;

/** For the transcript: how the site will be served, and who says so. */
function siteNotes(site: Site, said: boolean): string[] {
  const ways = [
    site.cleanUrls ? "clean URLs" : null,
    ...Object.entries(site.routes).map(([from, to]) => `${from} falls back to ${to}`),
    site.errorPage === null ? null : `404: ${site.errorPage}`,
    site.httpsOnly ? "HTTPS only" : null,
  ].filter((way) => way !== null);
  return [
    `Serving ${site.root === "." ? "the root" : `${site.root}/`} with nginx (${said ? settings : "no static.json: the defaults"})`,
    ...(ways.length > 0 ? [ways.join(", ")] : []),
  ];
}
