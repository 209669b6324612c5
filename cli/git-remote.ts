import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDeployRef } from "../core/push";
import { shellWord } from "../core/shell-word";
import { git, mustGit } from "./git";
import type { Server } from "./server";

const remoteName = "paas";

export const gitUrl = (server: Server, app: string): string => `${server.url}/git/${app}.git`;

/** The address of the git remote paas here; null without one or outside of a repository. */
export async function remoteUrl(cwd: string): Promise<string | null> {
  const { exitCode, stdout } = await git(cwd, ["config", "--get", `remote.${remoteName}.url`]);
  return exitCode === 0 ? stdout.trim() : null;
}

/** The app that the git remote paas of this directory deploys to. */
export async function appOfRemote(cwd: string): Promise<string | null> {
  const [, app] = /\/git\/([^/]+?)(?:\.git)?\/?$/.exec((await remoteUrl(cwd)) ?? "") ?? [];
  return app ?? null;
}

export async function insideRepository(cwd: string): Promise<boolean> {
  return (await git(cwd, ["rev-parse", "--git-dir"])).exitCode === 0;
}

/** What to push from here so that it is deployed: main, or another branch as main. */
export async function pushWords(cwd: string): Promise<string> {
  const { exitCode, stdout } = await git(cwd, ["symbolic-ref", "--quiet", "--short", "HEAD"]);
  if (exitCode !== 0) return "HEAD:main";
  const branch = stdout.trim();
  return isDeployRef(`refs/heads/${branch}`) ? branch : `${shellWord(branch)}:main`;
}

/** Points the git remote paas at an app. */
export async function setRemote(cwd: string, url: string): Promise<void> {
  const act = (await remoteUrl(cwd)) === null ? "add" : "set-url";
  await mustGit(cwd, ["remote", act, remoteName, url]);
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
