import { randomBytes } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../fault";

const dayMs = 86_400_000;
const keyBytes = 48;

/** When the key of a time gives way to the next one; milliseconds since 1970. */
export const nextTicketDay = (nowMs: number): number => (Math.floor(nowMs / dayMs) + 1) * dayMs;

/**
 * The key that session tickets are sealed with today: 48 bytes, the same for all routers on this directory and after their restarts, so
 * that clients resume wherever they come. Random, and gone after its day: who finds it later can open no session of before.
 */
export async function ticketKey(directory: string, nowMs: number): Promise<Buffer> {
  const name = `ticket-key-${Math.floor(nowMs / dayMs)}`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const old of await readdir(directory))
    if (old.startsWith("ticket-key-") && !old.startsWith(name))
      await rm(join(directory, old), { force: true });
  const path = join(directory, name);
  await offer(path);
  const key = await readFile(path);
  if (key.length === keyBytes) return key;
  await rm(path, { force: true });
  throw new Error(`${path} was damaged, and is removed`);
}

/** Puts a new key there unless there is one. Linked, so that nobody sees half of it and the first of two stays. */
async function offer(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, randomBytes(keyBytes), { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
