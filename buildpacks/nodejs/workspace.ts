import { parse } from "yaml";
import { z } from "zod";
import type { Workspace } from "../buildpack";
import { projectReadsHead } from "./project";

const patterns = z.array(z.string());
/** Yarn 1 also takes an object. */
const packageJson = z.object({ workspaces: z.union([patterns, z.object({ packages: patterns })]) });
const pnpmWorkspace = z.object({ packages: patterns });

const pnpmFile = "pnpm-workspace.yaml";

/** A workspace of npm, Yarn, pnpm or Bun: its packages are installed together, and find each other by name. */
export const nodeWorkspace: Workspace = {
  reads: ["package.json", pnpmFile],
  holds: (texts, member) => isMatch(patternsIn(texts), member),
  isWhole: ({ names }) => projectReadsHead.some((lockfile) => names.has(lockfile)),
};

function patternsIn(texts: ReadonlyMap<string, string>): string[] {
  const pnpm = pnpmWorkspace.safeParse(parsed(() => parse(texts.get(pnpmFile) ?? "", { logLevel: "error" })));
  if (pnpm.success && texts.has("package.json")) return pnpm.data.packages;
  const said = packageJson.safeParse(parsed(() => JSON.parse(texts.get("package.json") ?? "")));
  if (!said.success) return [];
  const { workspaces } = said.data;
  return Array.isArray(workspaces) ? workspaces : workspaces.packages;
}

/** What cannot be read names nothing; whoever builds it says what is wrong with it. */
function parsed(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return null;
  }
}

/** As package managers take them: `apps/*`, `packages/**`, `!packages/old`; the last that fits counts. */
function isMatch(globs: string[], path: string): boolean {
  const fits = globs.filter((glob) => expressionOf(glob.replace(/^!/, "")).test(path));
  return fits.length > 0 && !fits.at(-1)?.startsWith("!");
}

function expressionOf(glob: string): RegExp {
  const words = glob.replace(/^\.?\//, "").replace(/\/$/, "");
  const body = words
    .split("/")
    .map((part) =>
      part === "**" ? ".+" : part.replace(/[.+^${}()|[\]\\?]/g, "\\$&").replaceAll("*", "[^/]*"),
    )
    .join("/");
  return new RegExp(`^${body.replaceAll(".+/", "(?:.+/)?")}$`);
}
