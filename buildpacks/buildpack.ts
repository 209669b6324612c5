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
  /** Other buildpacks build before this one: files may come that nobody sees yet. */
  unfinished?: boolean;
  /** The source is a workspace, and this package of it is the app: its path. The Procfile is the app's. */
  member?: string;
}

/** Directories whose packages are built together. */
export interface Workspace {
  /** Files of such a directory that say which packages it has. */
  reads: string[];
  /** Whether it has this one; `texts` of what it reads, by name. */
  holds(texts: ReadonlyMap<string, string>, member: string): boolean;
  /** Whether an app is whole without what is around it, such as by a lock file of its own. */
  isWhole(app: SourceView): boolean;
}

/** One language. Every function is pure; errors are `build_failed` with what to change. */
export interface Buildpack {
  name: string;
  /** Files at the root that people know its apps by. */
  manifests: readonly string[];
  /** For people, e.g. Node.js. */
  language: string;
  /** Files whose text it wants to see, by path. */
  reads: string[];
  /** Files of which it wants to see only the beginning: they may be as long as they like. */
  readsHead?: string[];
  /** Whether it is the one for an app that names none. */
  detect(source: SourceView): boolean;
  /** Whether it can do its work on an app that names it; without: what `detect` says. */
  builds?(source: SourceView): boolean;
  /** Another one of the platform that must build before it, and why. */
  wantsBefore?(source: SourceView): { buildpack: string; reason: string } | null;
  /** Where an app below the repository's root may be a package among others, and cannot be built without them. */
  workspace?: Workspace;
  /** The next thing it builds with, given those the builder has found so far; null when it has all. */
  wants(source: SourceView, found: Found[]): Wish | null;
  plan(source: SourceView, found: Found[]): BuildPlan;
}

export type Wish = ToolWish | RuntimeWish;
export type Found = Tool | Runtime;

/** A published package that carries a tool, and which versions will do. */
export interface ToolWish {
  tool: "node" | "npm" | "yarn" | "pnpm" | "pnpm-exe" | "bun" | "deno";
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

/** What runs a language, from the first place that has it. */
export interface RuntimeWish {
  /** For people, e.g. Python. */
  runtime: string;
  /** In the order they are asked; images may be out of reach, Debian's packages are there. */
  offers: RuntimeOffer[];
  reason: string;
  /** For people: what Debian has, in case no offer can be had. */
  available: string;
}

export interface RuntimeOffer {
  version: string;
  from: { image: string } | { debian: DebianRelease };
}

/** Packages of Debian that hold a runtime. */
export interface DebianRelease {
  version: string;
  /** Which releases of it Debian's security updates may bring, as a semver range. */
  releases: string;
  /** The suite, where it is not the stack's own. */
  suite?: string;
}

export interface Runtime {
  runtime: string;
  version: string;
  from: RuntimeOffer["from"];
  wish: RuntimeWish;
}
