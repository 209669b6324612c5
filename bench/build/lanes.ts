import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { extract, pack } from "tar-stream";
import { labels } from "../../core/image";
import type { AppView, BuildView } from "../../core/wire";
import { run } from "../command";
import { buildImage } from "../deploy/build-image";
import type { BenchPlatform } from "../platform";
import { type ImageParts, imageParts } from "./image-parts";
import type { Project } from "./project";

export interface Built {
  ms: number;
  image: ImageParts;
}

/** One of the two ways to build that are compared: the newest commit of a project. */
export interface Lane {
  build(): Promise<Built>;
  stop(): Promise<void>;
}

/** The platform: a push; the ledger tells how long the build took, from its turn to the image and its release. */
export async function pushLane(platform: BenchPlatform, docker: Docker, project: Project): Promise<Lane> {
  const { name, path } = project;
  await platform.paas(["create", name], path);
  const { id } = JSON.parse(await platform.paas(["apps:info", "-a", name, "--json"])) as AppView;
  return {
    async build() {
      await run("git", ["push", "-q", "paas", "main"], { cwd: path, env: platform.env });
      const [build] = JSON.parse(await platform.paas(["builds", "-a", name, "--json"])) as BuildView[];
      if (build?.status !== "succeeded") throw new Error(`The build of ${name} ended as ${build?.status}.`);
      return {
        ms: Date.parse(`${build.finishedAt}`) - Date.parse(`${build.startedAt}`),
        image: await imageParts(docker, await newestImage(docker, id)),
      };
    },
    stop: async () => void (await platform.paas(["destroy", "-a", name, "--confirm", name])),
  };
}

async function newestImage(docker: Docker, appId: string): Promise<string> {
  const images = await docker.listImages({ filters: { label: [`${labels.app}=${appId}`] } });
  const [newest] = images.sort((a, b) => b.Created - a.Created);
  if (!newest) throw new Error(`There is no image of app ${appId}.`);
  return newest.Id;
}

/** Plain BuildKit: the hand-written Dockerfile, with the commit's files in memory already. */
export function plainLane(docker: Docker, project: Project): Lane {
  const ref = `paas-bench/plain:${project.name}`;
  return {
    async build() {
      const context = await contextOf(project);
      const started = performance.now();
      await buildImage(docker, Readable.from([context]), ref);
      const ms = performance.now() - started;
      return { ms, image: await imageParts(docker, ref) };
    },
    stop: () => docker.getImage(ref).remove({ force: true }),
  };
}

async function contextOf({ path, dockerfile }: Project): Promise<Buffer> {
  const archive = spawn("git", ["archive", "--format=tar", "HEAD"], {
    cwd: path,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const context = pack();
  context.entry({ name: "Dockerfile" }, dockerfile);
  const files = extract();
  archive.stdout.pipe(files);
  for await (const file of files) {
    if (file.header.name === "Dockerfile") file.resume();
    else context.entry(file.header, await buffer(file));
  }
  context.finalize();
  return buffer(context);
}
