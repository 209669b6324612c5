import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PaasError } from "../../core/error";
import { detail, heading } from "../../core/transcript";
import type { ImageEngine } from "../image/image-engine";
import type { Write } from "../transcript/transcript";

/** `args` are mmdebstrap's, without its target. About 20 s, wants root and the package mmdebstrap. */
export async function bootstrapDebian(
  engine: ImageEngine,
  ref: string,
  args: string[],
  write: Write,
): Promise<void> {
  write(heading(`Bootstrapping ${ref} from Debian's packages`));
  const directory = await mkdtemp(join(tmpdir(), "paas-stack-"));
  try {
    const rootTar = join(directory, "root.tar");
    await mmdebstrap([...args, rootTar], write);
    await engine.importRoot(rootTar, ref);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function mmdebstrap(args: string[], write: Write): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("mmdebstrap", args, { stdio: ["ignore", "ignore", "pipe"] });
    let last = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      for (const line of chunk.split(/[\r\n]+/)) {
        if (/^[EW]:/.test(line)) last = line;
        if (/^I: (?!using|removing)/.test(line)) write(detail(line.slice(3)));
      }
    });
    child.on("error", (cause) =>
      reject(
        new PaasError(
          "unavailable",
          "mmdebstrap cannot be started: install it (apt-get install mmdebstrap).",
          { cause },
        ),
      ),
    );
    child.on("close", (code) =>
      code === 0
        ? resolve()
        : reject(new PaasError("unavailable", `mmdebstrap failed (${last || `exit code ${code}`}).`)),
    );
  });
}
