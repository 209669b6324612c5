import type { SourceView, Tool } from "../../buildpacks/buildpack";

/** A source as a buildpack sees it: package.json, names of other files at the root, Procfile. */
export function nodeSource(
  pkg: object | string,
  names: string[] = [],
  procfile: string | null = null,
): SourceView {
  const text = typeof pkg === "string" ? pkg : JSON.stringify(pkg);
  const files = new Set(["package.json", ...names]);
  return { names: files, files, texts: new Map([["package.json", text]]), procfile };
}

/** Tools as a builder may have found them. */
export const nodeTools = (node = "24.9.0", npm = "11.12.1"): Tool[] => [
  tool("node", node, 'engines.node "24.x"'),
  tool("npm", npm, "goes with Node.js 24"),
];

const tool = (name: Tool["tool"], version: string, reason: string): Tool => ({
  tool: name,
  version,
  url: `https://packages.example/${name}-${version}.tgz`,
  sha512Hex: name === "node" ? "aa" : "bb",
  wish: { tool: name, range: version, preferEvenMajor: name === "node", reason },
});
