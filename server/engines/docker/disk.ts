import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type Docker from "dockerode";
import type { DiskUse } from "../engine";
import { appLabel, instanceLabel, kindLabel, platformLabel, typeOf } from "../labels";
import { engineCallUnless } from "./errors";
import { type ListedContainer, listContainers } from "./find";

const run = promisify(execFile);

/** The part of the engine's answer that its types leave out. */
interface Sized {
  SizeRw?: number;
  Mounts: { Type?: string; Source: string }[];
}

/** What the types leave out of the question. */
const withSize: Docker.ContainerInspectOptions & { size: true } = { size: true };

/** One after the other: measuring walks through files, and must leave the disk to those who use it. */
export async function* readDiskUse(docker: Docker, platformId: string): AsyncGenerator<DiskUse> {
  const listed = await listContainers(docker, { [platformLabel]: platformId });
  for (const container of listed.filter(({ State }) => State === "running")) {
    const inspection = docker.getContainer(container.Id).inspect(withSize);
    const found = await engineCallUnless("Could not measure a container", [404], inspection);
    if (found) yield { ...ownerOf(container), bytes: await bytesOf(found as Sized) };
  }
}

function ownerOf({ Labels }: ListedContainer): Omit<DiskUse, "bytes"> {
  const kind = Labels[kindLabel];
  return {
    id: Labels[instanceLabel] ?? "",
    appId: Labels[appLabel] ?? "",
    kind: kind === "run" || kind === "command" ? kind : "instance",
    type: typeOf(Labels),
  };
}

/** Its own file system, and the volumes that its image declares. */
async function bytesOf({ SizeRw, Mounts }: Sized): Promise<number> {
  const volumes = Mounts.filter(({ Type }) => Type === "volume").map(({ Source }) => Source);
  return (SizeRw ?? 0) + (await bytesBelow(volumes));
}

/** What lies below directories of this host; none of an engine elsewhere. */
async function bytesBelow(directories: string[]): Promise<number> {
  if (directories.length === 0) return 0;
  const words = ["--summarize", "--one-file-system", "--block-size=1", "--", ...directories];
  // A file that goes away while it is counted makes its exit code 1; what it counted stands.
  const { stdout } = await run("du", words).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? "",
  }));
  return stdout.split("\n").reduce((sum, line) => sum + (Number(line.split("\t")[0]) || 0), 0);
}
