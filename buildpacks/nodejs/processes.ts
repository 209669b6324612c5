import type { ProcessTypes } from "../../core/release";
import { defaultWeb } from "../default-web";
import { serveCommand } from "../static/site-stage";
import { plainSite } from "../static/static";
import { parseStaticJson, type Site } from "../static/static-json";
import { isDevelopmentServer, type Serving, servingOf } from "./frameworks";
import type { NodeProject } from "./manager";
import { buildScripts } from "./project";
import type { Standalone } from "./standalone";

/** What the image serves, and how. */
export interface NodeServing {
  processes: ProcessTypes;
  /** The image is a site of what was built; null: Node.js runs in it. */
  site: Site | null;
  /** All of the app that the image has; null: everything. */
  output: Standalone["output"] | null;
  /** For the transcript. */
  note: string | null;
}

/** A Procfile, static.json, the start script, the framework, server.js: the first that is there. A Procfile wants Node.js in the image. */
export function serving(project: NodeProject): NodeServing {
  const { pkg, source } = project;
  if (source.procfile === null) {
    const found = servingOf(project);
    const said = source.texts.get("static.json");
    if (said !== undefined && buildScripts(project).length > 0)
      return siteServing(siteOf(said, found), "static.json");
    const start = pkg.scripts?.start?.trim();
    const why = found === null ? null : reasonAgainst(start, found);
    if (found !== null && why !== null) return frameworkServing(found, why);
  }
  const processes = defaultWeb(source, startCommand(project), advice);
  return { processes, site: null, output: null, note: null };
}

/** Why the framework's own way comes before the start script; null when it does not. */
function reasonAgainst(start: string | undefined, found: Serving): string | null {
  if (start === undefined) return "there is no start script";
  if (isDevelopmentServer(start)) return "the start script is a development server";
  return found.by === "command" && found.insteadOf?.test(start)
    ? "the start script is not for standalone output"
    : null;
}

const advice = { line: "web: node index.js", or: 'a "start" script to package.json, or a server.js' };

function frameworkServing(found: Serving, why: string): NodeServing {
  if (found.by === "site") return siteServing({ ...plainSite, ...found.site }, `${found.framework}; ${why}`);
  const { framework, command, output = null } = found;
  const only = output?.map(({ from }) => from).join(", ");
  return {
    processes: { web: { command } },
    site: null,
    output,
    note: `${framework}: ${command} (${why})${only === undefined ? "" : `; of the app, the image has only ${only}`}`,
  };
}

const siteServing = (site: Site, why: string): NodeServing => ({
  processes: { web: { command: serveCommand } },
  site,
  output: null,
  note: `Serving what is built in ${site.root}/ with nginx (${why})`,
});

/** static.json need not say what the framework does. */
function siteOf(said: string, found: Serving | null): Site {
  const built = found?.by === "site" ? found.site : { root: "dist" };
  return parseStaticJson(said, { ...plainSite, ...built });
}

function startCommand({ pkg, source, manager }: NodeProject): string | null {
  const { start, prestart, poststart } = pkg.scripts ?? {};
  // The script itself, not `npm start`: npm would stand between the app and its signals.
  if (start !== undefined && start.trim() !== "" && !start.includes("\n"))
    return prestart || poststart ? `${manager.name} start` : start.trim();
  const runtime = manager.name === "bun" ? "bun" : "node";
  const file = [
    "server.js",
    ...(runtime === "bun" ? ["server.ts", "index.ts", "index.js"] : ["server.mjs"]),
  ].find((name) => source.files.has(name));
  return file === undefined ? null : `${runtime} ${file}`;
}
