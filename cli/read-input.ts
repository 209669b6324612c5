import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { invalid } from "../core/error";
import type { World } from "./world";

/** The text of a file that somebody names, or of standard input (`-`). */
export async function readInput({ stdin, cwd }: World, file: string): Promise<string> {
  if (file === "-") return text(stdin);
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    throw invalid(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
