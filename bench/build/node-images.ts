import { randomBytes } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { addFolder } from "../add-folder";
import { buildImage } from "../deploy/build-image";
import { stackImage } from "../stack-image";

/** What the official images of Node.js would be to a hand-written Dockerfile: one to build on, with a package manager, and one to run on. */
export interface NodeImages {
  build: string;
  run: string;
  remove(): Promise<void>;
}

export const pnpmVersion = "10.34.8";

/** Both from this machine's Node.js and npm, on the platform's stack images. */
export async function makeNodeImages(docker: Docker): Promise<NodeImages> {
  const mark = randomBytes(4).toString("hex");
  const refs = { build: `paas-bench/node-build:${mark}`, run: `paas-bench/node-run:${mark}` };
  const npm = join(await npmFolder(), "npm");
  const program = "/usr/local/lib/node_modules/npm/bin/npm-cli.js";
  const links = `chmod +x ${program} && ln -s ${program} /usr/local/bin/npm`;
  const tools = [
    `COPY npm /usr/local/lib/node_modules/npm`,
    `RUN ${links} && npm install -g pnpm@${pnpmVersion}`,
  ];
  await make(
    docker,
    refs.build,
    [`FROM ${await stackImage(docker, "build")}`, "COPY node /usr/local/bin/node", ...tools],
    npm,
  );
  await make(
    docker,
    refs.run,
    [`FROM ${await stackImage(docker, "run")}`, "COPY node /usr/local/bin/node"],
    null,
  );
  const remove = async (): Promise<void> => {
    for (const ref of Object.values(refs)) await docker.getImage(ref).remove({ force: true });
  };
  return { ...refs, remove };
}

async function make(docker: Docker, ref: string, lines: string[], npm: string | null): Promise<void> {
  const context = pack();
  context.entry({ name: "Dockerfile" }, `${lines.join("\n")}\n`);
  context.entry({ name: "node", mode: 0o755 }, await readFile(process.execPath));
  if (npm !== null) await addFolder(context, npm, "npm");
  context.finalize();
  await buildImage(docker, Readable.from(context), ref);
}

/** Beside the Node.js that runs this, or beside what its `npm` leads to. */
async function npmFolder(): Promise<string> {
  const bin = dirname(await realpath(process.execPath));
  const npm = await realpath(join(bin, "npm")); // .../node_modules/npm/bin/npm-cli.js
  return dirname(dirname(dirname(npm)));
}
