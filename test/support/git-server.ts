import { execFile, type SpawnOptions } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../core/app";
import { defaultDrain } from "../../core/drain";
import { emptyFormation } from "../../core/formation";
import type { Actor } from "../../core/policy";
import { defaultTlsPolicy } from "../../core/tls-policy";
import { replaceEnvironment } from "../../server/environment";
import { fetchByLibrary } from "../../server/git/fetch-by-library";
import { type GitDoor, gitRouter } from "../../server/git/receiver";
import { Repositories } from "../../server/repositories/repositories";

// Jest gives tests a copy of process.env, of which child_process knows nothing. A server has only one: what inherits it inherits this copy.
jest.mock("child_process", () => {
  const real = jest.requireActual<typeof import("node:child_process")>("child_process");
  const spawn = (file: string, args: string[], options: SpawnOptions = {}) =>
    real.spawn(file, args, { env: process.env, ...options });
  return { ...real, spawn };
});

// A test takes them from here: whoever loads them before the lines above gets a library that inherits Jest's environment.
export { fetchByLibrary, gitRouter };

export interface GitOutcome {
  code: number;
  /** stdout and stderr together. */
  text: string;
}

export interface GitTestServer {
  directory: string;
  port: number;
  door: GitDoor;
  server: Server;
  faults: unknown[];
  /** The URL of an app's repository, with a token as the password. */
  url(app: string, token?: string): string;
  close(): Promise<void>;
}

const app = (id: string, name: string): App => ({
  id,
  name,
  formation: emptyFormation,
  createdAt: new Date(0),
  generation: 1,
  drain: defaultDrain,
  bakeMs: null,
  tls: defaultTlsPolicy,
  generations: {},
});
export const shop = app("idshop", "shop");
export const other = app("idother", "other");

const actors: Record<string, Actor> = {
  admin: { name: "admin", admin: true, apps: {} },
  deployer: { name: "dora", admin: false, apps: { [shop.id]: "deployer" } },
  viewer: { name: "vera", admin: false, apps: { [shop.id]: "viewer" } },
  stranger: { name: "stan", admin: false, apps: { [other.id]: "owner" } },
};

/** A real HTTP server with the git router before real repositories; who may come in and what happens to a push is the test's. */
export async function startGitServer(
  receive: GitDoor["receive"],
  limits: NonNullable<GitDoor["limits"]> = {},
  maxPackBytes = 64 * 1024 ** 2,
): Promise<GitTestServer> {
  const directory = await mkdtemp(join(tmpdir(), "paas-git-"));
  const repositories = new Repositories(join(directory, "repositories"), { maxPackBytes });
  await repositories.open();
  replaceEnvironment(process.env, repositories.inheritedEnvironment());
  for (const { id } of [shop, other]) await repositories.create(id);
  const faults: unknown[] = [];
  const door: GitDoor = {
    authenticate: async (token) => actors[token] ?? null,
    findApp: async (name) => [shop, other].find((one) => one.name === name) ?? null,
    receive,
    repositories,
    fault: (error) => faults.push(error),
    limits,
  };
  const server = createServer(gitRouter(door));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    directory,
    port,
    door,
    server,
    faults,
    url: (name, token = "deployer") => `http://x:${token}@127.0.0.1:${port}/git/${name}.git`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Runs the real git client as a person without any configuration would. */
export function git(cwd: string, ...args: string[]): Promise<GitOutcome> {
  return new Promise((resolve) => {
    const child = execFile(
      "git",
      args,
      { cwd, env: clientEnvironment, maxBuffer: 64 * 1024 ** 2 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? 255, text: `${stdout}${stderr}` }),
    );
  });
}

export const clientEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Dora",
  GIT_AUTHOR_EMAIL: "dora@example.com",
  GIT_COMMITTER_NAME: "Dora",
  GIT_COMMITTER_EMAIL: "dora@example.com",
};

/** A working copy with one commit on `main`. */
export async function newCheckout(
  directory: string,
  name: string,
  files: Record<string, string> = { a: "1\n" },
): Promise<string> {
  const checkout = join(directory, name);
  await git(directory, "init", "-q", "-b", "main", checkout);
  await commitFiles(checkout, files, "first");
  return checkout;
}

/** Commits files of the root; returns the commit. */
export async function commitFiles(
  checkout: string,
  files: Record<string, string | Buffer>,
  message = "more",
): Promise<string> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(checkout, name), content);
  await git(checkout, "add", "-A");
  await git(checkout, "commit", "-q", "--allow-empty", "-m", message);
  return (await git(checkout, "rev-parse", "HEAD")).text.trim();
}
