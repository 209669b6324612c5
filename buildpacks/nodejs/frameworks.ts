import type { Site } from "../static/static-json";
import type { NodeProject } from "./manager";
import { isServerAlone, type Standalone } from "./standalone";

/** How what a framework has built is served: by a program, or as a site by the web server. */
type Way =
  | ({ by: "command"; command: string } & Partial<Standalone>)
  | { by: "site"; site: Pick<Site, "root" | "cleanUrls" | "routes"> };
export type Serving = Way & { framework: string };

interface Framework {
  name: string;
  /** A dependency that gives it away. */
  needs: string;
  /** Null when what it builds is not for this to serve. */
  serving(project: NodeProject): Way | null;
}

/** Each path that is no file shows the app, which has routes of its own. */
const spa = (root: string): Way => ({
  by: "site",
  site: { root, cleanUrls: false, routes: { "/**": "index.html" } },
});
const pages = (root: string): Way => ({ by: "site", site: { root, cleanUrls: true, routes: {} } });
const program = (command: string, standalone: Partial<Standalone> = {}): Way => ({
  by: "command",
  command,
  ...standalone,
});

const dependencies = ({ pkg }: NodeProject): Record<string, string> => ({
  ...pkg.devDependencies,
  ...pkg.dependencies,
});
const has = (project: NodeProject, name: string): boolean => name in dependencies(project);
const buildSays = ({ pkg }: NodeProject, words: RegExp): boolean => words.test(pkg.scripts?.build ?? "");
const configSays = ({ source }: NodeProject, names: string[], words: RegExp): boolean =>
  names.some((name) => words.test(source.texts.get(name) ?? ""));

const nextConfigs = ["next.config.js", "next.config.mjs", "next.config.ts"];
const astroConfigs = ["astro.config.mjs", "astro.config.js", "astro.config.ts"];
const svelteConfigs = ["svelte.config.js", "svelte.config.ts"];
const viteConfigs = ["vite.config.js", "vite.config.ts", "vite.config.mjs"];
export const frameworkReads = [...nextConfigs, ...astroConfigs, ...svelteConfigs, ...viteConfigs];

const nuxtOutput: Standalone = { output: [{ from: ".output/", to: ".output/" }] };

/** With files from above the app its layout is another one. */
const standaloneNext = (project: NodeProject): boolean =>
  isServerAlone(project) &&
  configSays(project, nextConfigs, /output\s*:\s*["']standalone["']/) &&
  !configSays(project, nextConfigs, /outputFileTracingRoot|distDir/);

/** What Next.js leaves to whoever copies its standalone output. */
const nextOutput = ({ source }: NodeProject): Standalone => ({
  output: [
    { from: ".next/standalone/", to: "" },
    { from: ".next/static/", to: ".next/static/" },
    ...([...source.files].some((path) => path.startsWith("public/"))
      ? [{ from: "public/", to: "public/" }]
      : []),
  ],
  insteadOf: /^(?:next start\b[^&|;]*|node \.next\/standalone\/server\.js)$/,
});

/** In the order they are asked: those that are built upon others first. */
const frameworks: Framework[] = [
  {
    name: "Next.js",
    needs: "next",
    serving: (project) =>
      configSays(project, nextConfigs, /output\s*:\s*["']export["']/)
        ? pages("out")
        : standaloneNext(project)
          ? program("HOSTNAME=0.0.0.0 node server.js", nextOutput(project))
          : program("next start --port $PORT"),
  },
  {
    name: "Nuxt",
    needs: "nuxt",
    serving: (project) =>
      buildSays(project, /nuxi? generate/)
        ? pages(".output/public")
        : program("node .output/server/index.mjs", isServerAlone(project) ? nuxtOutput : {}),
  },
  {
    name: "Remix",
    needs: "@remix-run/serve",
    serving: (project) => program(`remix-serve ./build/${has(project, "vite") ? "server/" : ""}index.js`),
  },
  {
    name: "React Router",
    needs: "@react-router/serve",
    serving: () => program("react-router-serve ./build/server/index.js"),
  },
  {
    name: "SvelteKit",
    needs: "@sveltejs/kit",
    serving(project) {
      if (has(project, "@sveltejs/adapter-node")) return program("node build");
      if (!has(project, "@sveltejs/adapter-static")) return null;
      const fallback = /fallback\s*:\s*["']([\w.-]+)["']/.exec(
        project.source.texts.get("svelte.config.js") ?? project.source.texts.get("svelte.config.ts") ?? "",
      )?.[1];
      return fallback === undefined
        ? pages("build")
        : { by: "site", site: { root: "build", cleanUrls: true, routes: { "/**": fallback } } };
    },
  },
  {
    name: "Astro",
    needs: "astro",
    serving: (project) =>
      has(project, "@astrojs/node") && !configSays(project, astroConfigs, /mode\s*:\s*["']middleware["']/)
        ? program("HOST=0.0.0.0 node ./dist/server/entry.mjs")
        : pages("dist"),
  },
  { name: "Create React App", needs: "react-scripts", serving: () => spa("build") },
  { name: "Vue CLI", needs: "@vue/cli-service", serving: () => spa("dist") },
  { name: "Gatsby", needs: "gatsby", serving: () => pages("public") },
  { name: "Docusaurus", needs: "@docusaurus/core", serving: () => pages("build") },
  { name: "Eleventy", needs: "@11ty/eleventy", serving: () => pages("_site") },
  {
    name: "Vite",
    needs: "vite",
    serving: (project) =>
      // Express and the like serve what Vite has built for them.
      ["express", "fastify", "koa", "hono"].some((name) => has(project, name))
        ? null
        : spa(viteOutput(project)),
  },
];

function viteOutput({ source }: NodeProject): string {
  const configs = viteConfigs.map((name) => source.texts.get(name) ?? "").join("\n");
  return /outDir\s*:\s*["'](?:\.\/)?((?:[\w-][\w.-]*\/?)+)["']/.exec(configs)?.[1] ?? "dist";
}

/** A server for the developer's own eyes: slow, chatty, and often for 127.0.0.1 only. */
const developmentServer =
  /^\s*(?:npx\s+)?(?:vite(?:\s+(?:dev|serve|preview))?|next\s+dev|nuxt\s+(?:dev|preview)|nuxi\s+(?:dev|preview)|astro\s+(?:dev|preview|start)|react-scripts\s+start|vue-cli-service\s+serve|gatsby\s+(?:develop|serve)|docusaurus\s+(?:start|serve)|eleventy\s+--serve|remix\s+dev|ng\s+serve)\b[^&|;]*$/;

/** Whether the start script is one to run here. */
export const isDevelopmentServer = (script: string): boolean => developmentServer.test(script);

/** How the project's framework is served; null when it has none that is known. */
export function servingOf(project: NodeProject): Serving | null {
  for (const { name, needs, serving } of frameworks) {
    const found = has(project, needs) ? serving(project) : null;
    if (found) return { framework: name, ...found };
  }
  return null;
}
