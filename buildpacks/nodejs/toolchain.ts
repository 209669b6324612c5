import type { Stage, Step } from "../build-plan";
import type { Tool } from "../buildpack";

/** Node.js with headers and npm, laid out as under /usr/local. */
export const nodeHome = "/opt/node";

/** Downloads Node.js and npm, checked by their checksums. The same for all apps with the same versions, so it is built once. */
export function toolStage(tools: Tool[]): Stage {
  return { name: "tools", from: { stack: "build" }, steps: tools.map(fetchTool) };
}

const npmHome = `${nodeHome}/lib/node_modules/npm`;
const titles = { node: "Node.js", npm: "npm" } as const;
const homes = { node: nodeHome, npm: npmHome } as const;
/** What nobody reads goes in the step that brought it, or it would stay in the layer. */
const finishing = {
  node: `rm -rf ${nodeHome}/share ${nodeHome}/*.md ${nodeHome}/package.json`,
  npm: [
    `rm -rf ${npmHome}/docs ${npmHome}/man`,
    `ln -s ../lib/node_modules/npm/bin/npm-cli.js ${nodeHome}/bin/npm`,
    `ln -s ../lib/node_modules/npm/bin/npx-cli.js ${nodeHome}/bin/npx`,
  ].join(" && "),
} as const;

function fetchTool({ tool, version, url, sha512Hex }: Tool): Step {
  const command = [
    `mkdir -p ${homes[tool]}`,
    `curl -fsS --retry 3 -o /tmp/tool.tgz '${url}'`,
    `echo '${sha512Hex}  /tmp/tool.tgz' | sha512sum -c --status`,
    `tar -xzf /tmp/tool.tgz -C ${homes[tool]} --strip-components=1 --no-same-owner`,
    "rm /tmp/tool.tgz",
    finishing[tool],
  ].join(" && ");
  return { do: "run", title: `Fetching ${titles[tool]} ${version}`, command };
}
