import type { Stage, Step } from "../build-plan";
import type { Tool } from "../buildpack";

/** Node.js with headers and the package managers, laid out as under /usr/local. */
export const nodeHome = "/opt/node";

/** Downloads the tools, checked by their checksums. The same for all apps with the same versions, so it is built once. */
export function toolStage(tools: Tool[]): Stage {
  return { name: "tools", from: { stack: "build" }, steps: tools.map(fetchTool) };
}

const moduleOf = (tool: string): string => `${nodeHome}/lib/node_modules/${tool}`;
const link = (target: string, name: string): string =>
  `ln -s ../lib/node_modules/${target} ${nodeHome}/bin/${name}`;

interface Layout {
  title: string;
  home: string;
  /** What nobody reads goes in the step that brought it, or it would stay in the layer. */
  finishing: string;
}

const layouts: Record<Tool["tool"], Layout> = {
  node: {
    title: "Node.js",
    home: nodeHome,
    finishing: `rm -rf ${nodeHome}/share ${nodeHome}/*.md ${nodeHome}/package.json`,
  },
  npm: {
    title: "npm",
    home: moduleOf("npm"),
    finishing: [
      `rm -rf ${moduleOf("npm")}/docs ${moduleOf("npm")}/man`,
      link("npm/bin/npm-cli.js", "npm"),
      link("npm/bin/npx-cli.js", "npx"),
    ].join(" && "),
  },
  yarn: {
    title: "Yarn",
    home: moduleOf("yarn"),
    finishing: `chmod +x ${moduleOf("yarn")}/bin/yarn.js && ${link("yarn/bin/yarn.js", "yarn")}`,
  },
  pnpm: {
    title: "pnpm",
    home: moduleOf("pnpm"),
    // Version 11 has changed the ending.
    finishing: `cd ${moduleOf("pnpm")}/bin && main=$(ls pnpm.cjs pnpm.mjs 2>/dev/null | head -n 1) && chmod +x $main && ln -s ../lib/node_modules/pnpm/bin/$main ${nodeHome}/bin/pnpm`,
  },
  // Takes the place of the script that would fetch it.
  "pnpm-exe": {
    title: "pnpm's program",
    home: moduleOf("pnpm-exe"),
    finishing: `mv ${moduleOf("pnpm-exe")}/pnpm ${moduleOf("pnpm")}/pnpm && chmod 755 ${moduleOf("pnpm")}/pnpm && ln -sf ../lib/node_modules/pnpm/pnpm ${nodeHome}/bin/pnpm && rm -r ${moduleOf("pnpm-exe")}`,
  },
  bun: {
    title: "Bun",
    home: moduleOf("bun"),
    finishing: `mkdir -p ${nodeHome}/bin && mv ${moduleOf("bun")}/bin/bun ${nodeHome}/bin/bun && chmod 755 ${nodeHome}/bin/bun && ln -s bun ${nodeHome}/bin/bunx && rm -r ${moduleOf("bun")}`,
  },
  deno: {
    title: "Deno",
    home: moduleOf("deno"),
    finishing: `mkdir -p ${nodeHome}/bin && mv ${moduleOf("deno")}/deno ${nodeHome}/bin/deno && chmod 755 ${nodeHome}/bin/deno && rm -r ${moduleOf("deno")}`,
  },
};

export const titleOf = (tool: Tool["tool"]): string => layouts[tool].title;

function fetchTool({ tool, version, url, sha512Hex }: Tool): Step {
  const { title, home, finishing } = layouts[tool];
  const command = [
    `mkdir -p ${home}`,
    `curl -fsS --retry 3 -o /tmp/tool.tgz '${url}'`,
    `echo '${sha512Hex}  /tmp/tool.tgz' | sha512sum -c --status`,
    `tar -xzf /tmp/tool.tgz -C ${home} --strip-components=1 --no-same-owner`,
    "rm /tmp/tool.tgz",
    finishing,
  ].join(" && ");
  return { do: "run", title: `Fetching ${title} ${version}`, command };
}
