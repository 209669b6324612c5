import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { invalid } from "../core/error";

/** The one login people have at a time. */
export interface Login {
  server: string;
  token: string;
}

const fileIn = (configDir: string): string => join(configDir, "login.json");

/** The stored login; null when there is none. */
export function readLogin(configDir: string): Login | null {
  const file = fileIn(configDir);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const login = parse(text);
  if (!login) throw invalid(`${file} is damaged: run paas login again.`);
  return login;
}

function parse(text: string): Login | null {
  try {
    const { server, token } = JSON.parse(text) as Partial<Login>;
    return typeof server === "string" && typeof token === "string" ? { server, token } : null;
  } catch {
    return null;
  }
}

/** Stores a login for this user's eyes only; never half written. */
export function writeLogin(configDir: string, login: Login): void {
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  const next = `${fileIn(configDir)}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(login)}\n`, { mode: 0o600 });
  renameSync(next, fileIn(configDir));
}

export const removeLogin = (configDir: string): void => rmSync(fileIn(configDir), { force: true });
