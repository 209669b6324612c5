import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianSuite, leftOut, runPackages } from "../../buildpacks/stack/stack";
import { PaasError } from "../../core/error";
import { detail, heading } from "../../core/transcript";
import type { ImageEngine } from "../image/image-engine";
import type { Write } from "../transcript";

export const bootstrappedImage = `paas/stack-debian:${debianSuite}`;

/** Debian from its packages: about 20 s, wants root and the package mmdebstrap. */
export async function bootstrapDebian(engine: ImageEngine, write: Write): Promise<void> {
  write(heading(`Bootstrapping Debian ${debianSuite} from its packages`));
  const directory = await mkdtemp(join(tmpdir(), "paas-stack-"));
  try {
    const rootTar = join(directory, "root.tar");
    await mmdebstrap(rootTar, write);
    await engine.importRoot(rootTar, bootstrappedImage);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function mmdebstrap(target: string, write: Write): Promise<void> {
  const args = [
    "--variant=minbase",
    `--include=${runPackages.join(",")}`,
    '--aptopt=APT::Install-Recommends "false"',
    ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    debianSuite,
    target,
  ];
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
