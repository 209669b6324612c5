import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { invalid } from "../core/error";
import { isDeployRef } from "../core/push";
import { shellWord } from "../core/shell-word";
import { git, mustGit } from "./git";
import type { Server } from "./server";

/** The remote that says which app a directory is of. */
const usualRemote = "paas";

/** For commands that make a git remote. */
export const remoteFlag = {
  remote: { type: "string", short: "r", about: "the git remote's name (paas), such as staging" },
} as const;

/** The remote that a flag names, else the usual one; throws `invalid` for what git takes for something else. */
export function remoteNamed(flag: string | undefined): string {
  if (flag === undefined || /^\w[\w.-]*$/.test(flag)) return flag ?? usualRemote;
  throw invalid(
    `${JSON.stringify(flag.slice(0, 40))} is no name of a git remote: write for example staging.`,
  );
}

export const gitUrl = (server: Server, app: string): string => `${server.url}/git/${app}.git`;

/** The address of a git remote here; null without one or outside of a repository. */
export async function remoteUrl(cwd: string, remote: string): Promise<string | null> {
  const { exitCode, stdout } = await git(cwd, ["config", "--get", `remote.${remote}.url`]);
  return exitCode === 0 ? stdout.trim() : null;
}

/** The app that the git remote paas of this directory deploys to. */
export async function appOfRemote(cwd: string): Promise<string | null> {
  const [, app] = /\/git\/([^/]+?)(?:\.git)?\/?$/.exec((await remoteUrl(cwd, usualRemote)) ?? "") ?? [];
  return app ?? null;
}

export async function insideRepository(cwd: string): Promise<boolean> {
  return (await git(cwd, ["rev-parse", "--git-dir"])).exitCode === 0;
}

/** The push from here that is deployed: of main, or of another branch as main. */
export async function pushLine(cwd: string, remote: string): Promise<string> {
  const { exitCode, stdout } = await git(cwd, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
  const branch = exitCode === 0 ? stdout.trim() : "HEAD";
  const words = isDeployRef(`refs/heads/${branch}`) ? branch : shellWord(`${branch}:main`);
  return `git push ${remote} ${words}`;
}

/** Points a git remote at an app. */
export async function setRemote(cwd: string, remote: string, url: string): Promise<void> {
  const act = (await remoteUrl(cwd, remote)) === null ? "add" : "set-url";
  await mustGit(cwd, ["remote", act, remote, url]);
}

/**
 * Lets git in this repository find the token of this server, and of no other, in a store of git's own (0600). The empty helper
 * before it keeps other helpers of the user from learning the token.
 */
export async function keepCredentials(cwd: string, server: Server, configDir: string): Promise<void> {
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  const file = credentialsFile(configDir);
  await mustGit(
    cwd,
    ["credential-store", `--file=${file}`, "store"],
    `${credential(server.url)}password=${server.token}\n\n`,
  );
  const key = `credential.${server.url}.helper`;
  await mustGit(cwd, ["config", "--replace-all", key, ""]);
  await mustGit(cwd, ["config", "--add", key, `store --file=${shellWord(file)}`]);
}

/** Forgets the token git knows for a server. */
export async function dropCredentials(cwd: string, serverUrl: string, configDir: string): Promise<void> {
  const input = `${credential(serverUrl)}\n`;
  await mustGit(cwd, ["credential-store", `--file=${credentialsFile(configDir)}`, "erase"], input);
}

const credentialsFile = (configDir: string): string => join(configDir, "git-credentials");

function credential(url: string): string {
  const { protocol, host } = new URL(url);
  return `protocol=${protocol.slice(0, -1)}\nhost=${host}\nusername=paas\n`;
}
