import { rename, writeFile } from "node:fs/promises";

/** Puts a file with this text, for this user only, where one may be: whoever reads it finds the old or the new one, whole. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, path);
}
