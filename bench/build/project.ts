import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import { type NodeImages, pnpmVersion } from "./node-images";

/** How an app says what it needs; `dockerfile` brings the hand-written one itself. */
export const kinds = ["npm", "pnpm", "dockerfile"] as const;
export type Kind = (typeof kinds)[number];

/** What differs from the build before. */
export type Change = "cold" | "dependency" | "code" | "nothing";

/** An app in a git repository of its own, that no engine has seen before. */
export interface Project {
  name: string;
  kind: Kind;
  path: string;
  /** What a hand would write for it. */
  dockerfile: string;
  /** Makes and commits a change (not measured). */
  change(what: Change): Promise<void>;
}

const dependencies = { express: "5", pg: "8", ws: "8", zod: "4", pino: "9" };

/** `env` is the caller's own: it says where packages come from. */
export async function makeProject(
  folder: string,
  kind: Kind,
  images: NodeImages,
  env: NodeJS.ProcessEnv,
): Promise<Project> {
  const name = `${kind}-${randomBytes(3).toString("hex")}`;
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], { cwd: path, env });
  const write = (file: string, text: string) => writeFile(join(path, file), text);
  await git("init", "-q", "-b", "main");
  const dockerfile = handWritten(kind, name, images);
  let count = 0;
  const changes: Record<Change, () => Promise<void>> = {
    async cold() {
      await write(".gitignore", "node_modules\n");
      // Only builds are measured: releases start nothing.
      await write("app.json", `${JSON.stringify({ formation: { web: { quantity: 0 } } })}\n`);
      await write(".dockerignore", ".git\nDockerfile\n");
      if (kind === "dockerfile") await write("Dockerfile", dockerfile);
      await changes.code();
      await write("package.json", manifest(name, kind, dependencies));
      await lock(kind, path, env);
    },
    async dependency() {
      await write("package.json", manifest(name, kind, { ...dependencies, nanoid: "5" }));
      await lock(kind, path, env);
    },
    code: () => write("server.js", serverCode(`answer ${count++}`)),
    nothing: async () => undefined,
  };
  const change = async (what: Change): Promise<void> => {
    await changes[what]();
    await git("add", "-A");
    await git("commit", "-q", "--allow-empty", "-m", what);
  };
  return { name, kind, path, dockerfile, change };
}

const serverCode = (text: string): string => `const express = require("express");
const app = express();
app.get("/", (_request, response) => response.send(${JSON.stringify(text)}));
app.listen(process.env.PORT);
`;

function manifest(name: string, kind: Kind, wanted: Record<string, string>): string {
  const pkg = {
    name,
    private: true,
    engines: { node: `${process.versions.node.split(".")[0]}.x` },
    ...(kind === "pnpm" ? { packageManager: `pnpm@${pnpmVersion}` } : {}),
    scripts: { start: "node server.js" },
    dependencies: wanted,
  };
  return `${JSON.stringify(pkg, null, 2)}\n`;
}

async function lock(kind: Kind, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (kind === "pnpm")
    await run("npx", ["--yes", `pnpm@${pnpmVersion}`, "install", "--lockfile-only"], { cwd, env });
  else await run("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], { cwd, env });
}

/** Dependencies in a layer of their own, a cache of packages, and nothing but the app in what runs: as one writes it who cares. */
function handWritten(kind: Kind, name: string, images: NodeImages): string {
  const [files, install, cache] =
    kind === "pnpm"
      ? ["package.json pnpm-lock.yaml", "pnpm install --frozen-lockfile --prod --store-dir /cache", "/cache"]
      : ["package.json package-lock.json", "npm ci --omit=dev --no-audit --no-fund", "/root/.npm"];
  return `FROM ${images.build} AS dependencies
WORKDIR /app
COPY ${files} ./
RUN --mount=type=cache,id=${name},target=${cache} ${install}

FROM ${images.run}
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
USER 1000
CMD ["node", "server.js"]
`;
}
