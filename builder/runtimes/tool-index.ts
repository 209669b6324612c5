import { execFile } from "node:child_process";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import semver from "semver";
import { z } from "zod";
import type { Tool, ToolWish } from "../../buildpacks/buildpack";
import { messageOf, PaasError } from "../../core/error";
import { newId } from "../../core/id";

/** Finds the exact version of a tool, by npm's registry as this machine's npm is configured. */
export interface ToolIndex {
  /** Throws `build_failed` when nothing fits, `unavailable` when the registry does not answer and nothing is known. */
  find(wish: ToolWish): Promise<Tool>;
}

const foundSchema = z.object({
  version: z.string(),
  url: z.string().regex(/^https?:\/\/[\w./%@:~+-]+$/, "is not a plain address"),
  sha512Hex: z.string().regex(/^[0-9a-f]{128}$/),
  foundAt: z.number(),
});
type Found = z.infer<typeof foundSchema>;

const npmViewSchema = z.object({
  version: z.string(),
  "dist.tarball": z.string(),
  "dist.integrity": z.string().startsWith("sha512-"),
});

export interface ToolIndexOptions {
  /** Answers are kept here, so that a code change asks nobody and a machine without network goes on building. */
  directory: string;
  /** Node's name of the engine's architecture: x64 or arm64. */
  arch: string;
  /** How long an answer for a range stands, in ms. */
  freshMs: number;
  now: () => number;
}

export function toolIndex(options: ToolIndexOptions): ToolIndex {
  /** What the files say, so that each is read once. */
  const read = new Map<string, Found>();
  return {
    async find(wish) {
      const file = join(
        options.directory,
        `${wish.tool}-${options.arch}-${encodeURIComponent(wish.range)}.json`,
      );
      const known = read.get(file) ?? (await readFound(file));
      if (known) read.set(file, known);
      const stands = semver.valid(wish.range) !== null ? Number.POSITIVE_INFINITY : options.freshMs;
      if (known && options.now() - known.foundAt < stands) return toolOf(wish, known);
      try {
        const found = { ...(await askRegistry(wish, options.arch)), foundAt: options.now() };
        await writeFound(options.directory, file, found);
        read.set(file, found);
        return toolOf(wish, found);
      } catch (error) {
        if (known && error instanceof PaasError && error.code === "unavailable") return toolOf(wish, known);
        throw error;
      }
    },
  };
}

const toolOf = (wish: ToolWish, { version, url, sha512Hex }: Found): Tool => ({
  tool: wish.tool,
  version,
  url,
  sha512Hex,
  wish,
});

/** A file that cannot be read as an answer counts as no answer. */
async function readFound(file: string): Promise<Found | null> {
  try {
    return foundSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    if (
      error instanceof Error &&
      "code" in error &&
      (error.code === "ENOENT" || error.code === "ENAMETOOLONG")
    )
      return null;
    throw error;
  }
}

async function writeFound(directory: string, file: string, found: Found): Promise<void> {
  await mkdir(directory, { recursive: true });
  const draft = `${directory}/.${newId()}`;
  await writeFile(draft, JSON.stringify(found));
  await rename(draft, file);
}

async function askRegistry(wish: ToolWish, arch: string): Promise<Omit<Found, "foundAt">> {
  const answer = await npmView(`${packageOf(wish, arch)}@${wish.range}`);
  const candidates = z
    .union([npmViewSchema, z.array(npmViewSchema)])
    .optional()
    .parse(answer);
  const chosen = choose(candidates === undefined ? [] : [candidates].flat(), wish);
  if (!chosen)
    throw new PaasError("build_failed", `No release of ${wish.tool} fits ${wish.reason} (${wish.range}).`);
  return foundSchema.omit({ foundAt: true }).parse({
    version: chosen.version,
    url: chosen["dist.tarball"],
    sha512Hex: Buffer.from(chosen["dist.integrity"].slice("sha512-".length), "base64").toString("hex"),
  });
}

/** The package that carries a tool. Yarn has moved to another one with its second version; Bun's baseline runs on older processors, too. */
function packageOf({ tool, range }: ToolWish, arch: string): string {
  switch (tool) {
    case "node":
      return `node-linux-${arch}`;
    case "yarn":
      return semver.intersects(range, "<2") ? "yarn" : "@yarnpkg/cli-dist";
    case "pnpm-exe":
      return `@pnpm/exe.linux-${arch}`;
    case "bun":
      return arch === "arm64" ? "@oven/bun-linux-aarch64" : "@oven/bun-linux-x64-baseline";
    case "deno":
      return `@deno/linux-${arch}-glibc`;
    default:
      return tool;
  }
}

function choose(candidates: z.infer<typeof npmViewSchema>[], wish: ToolWish) {
  const sorted = candidates
    .filter(({ version }) => semver.satisfies(version, wish.range))
    .sort((a, b) => semver.rcompare(a.version, b.version));
  const even = sorted.find(({ version }) => semver.major(version) % 2 === 0);
  return wish.preferEvenMajor ? (even ?? sorted[0]) : sorted[0];
}

async function npmView(spec: string): Promise<unknown> {
  const args = ["view", "--json", "--", spec, "version", "dist.tarball", "dist.integrity"];
  try {
    const { stdout } = await promisify(execFile)("npm", args, {
      timeout: 30_000,
      maxBuffer: 32 << 20,
      cwd: "/",
    });
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  } catch (error) {
    if (isNoMatch(error)) return undefined;
    throw new PaasError(
      "unavailable",
      `npm's registry did not answer about ${spec}: ${messageOf(error).slice(0, 300)}`,
      { cause: error },
    );
  }
}

const npmErrorSchema = z.object({ stdout: z.string() });

/** npm says E404 both for an unknown package and for a range that nothing fits. */
function isNoMatch(error: unknown): boolean {
  const parsed = npmErrorSchema.safeParse(error);
  return parsed.success && /"code":\s*"E404"/.test(parsed.data.stdout);
}
