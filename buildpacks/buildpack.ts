import type { BuildPlan } from "./build-plan";

/** What a buildpack may see of an app's source before the build. */
export interface SourceView {
  /** Names at the root: files, symbolic links and directories. */
  names: ReadonlySet<string>;
  /** Paths of all files, relative to the root. */
  files: ReadonlySet<string>;
  /** Text of the files that some buildpack `reads`, by path; absent ones are absent here. */
  texts: ReadonlyMap<string, string>;
  procfile: string | null;
}

/** One language. Every function is pure; errors are `build_failed` with what to change. */
export interface Buildpack {
  name: string;
  /** For people, e.g. "package.json (Node.js)". */
  looksFor: string;
  /** Files whose text it wants to see, by path. */
  reads: string[];
  detect(source: SourceView): boolean;
  /** The next tool it builds with, given those the builder has found so far; null when it has all. */
  wants(source: SourceView, found: Tool[]): ToolWish | null;
  plan(source: SourceView, tools: Tool[]): BuildPlan;
}

/** A published package that carries a tool, and which versions will do. */
export interface ToolWish {
  tool: "node" | "npm";
  /** A semver range. */
  range: string;
  /** Prefer the newest even-numbered major that fits: for Node.js these are the long-term lines. */
  preferEvenMajor: boolean;
  /** Where the range comes from, e.g. engines.node. */
  reason: string;
}

export interface Tool {
  tool: ToolWish["tool"];
  version: string;
  /** Address of a gzipped tar whose single top directory is left away. */
  url: string;
  sha512Hex: string;
  wish: ToolWish;
}
