import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { addFolder } from "../add-folder";
import { connectDocker } from "../docker";
import { stackImage } from "../stack-image";
import { buildImage } from "./build-image";

export interface BaseImage {
  ref: string;
  remove(): Promise<void>;
}

/** An image with this machine's Node.js and the Express of this checkout, on the stack image: what an app's cached layers would hold. */
export async function makeBaseImage(env: NodeJS.ProcessEnv): Promise<BaseImage> {
  const docker = connectDocker(env);
  const tag = randomBytes(4).toString("hex");
  const ref = `paas-bench/express:${tag}`;
  const context = pack();
  context.entry(
    { name: "Dockerfile" },
    `FROM ${await stackImage(docker, "run")}\nCOPY node /usr/local/bin/node\nCOPY node_modules /node_modules\nCOPY bench /bench\n`,
  );
  // What earlier benches have left in the engine's cache is of no use to this one, and no harm.
  context.entry({ name: "bench" }, tag);
  context.entry({ name: "node", mode: 0o755 }, await readFile(process.execPath));
  for (const folder of await closureOf("express")) await addFolder(context, folder.path, folder.name);
  context.finalize();
  await buildImage(docker, Readable.from(context), ref);
  return { ref, remove: async () => void (await docker.getImage(ref).remove({ force: true })) };
}

interface Folder {
  name: string;
  path: string;
}

/** A package of node_modules with all it depends on, as folders of a flat node_modules; nested copies stay where they are. */
async function closureOf(name: string): Promise<Folder[]> {
  const found = new Map<string, string>();
  const visit = async (dependency: string, from: string): Promise<void> => {
    const path = folderOf(dependency, from);
    if (
      found.get(dependency) === path ||
      path.slice(path.indexOf("node_modules/") + 13).includes("node_modules/")
    )
      return;
    found.set(dependency, path);
    const { dependencies = {} } = JSON.parse(await readFile(join(path, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    for (const next of Object.keys(dependencies)) await visit(next, join(path, "package.json"));
  };
  await visit(name, __filename);
  return [...found].map(([dependency, path]) => ({ name: `node_modules/${dependency}`, path }));
}

/** The nearest node_modules above a file that holds the package; not `require.resolve`, since packages hide their package.json. */
function folderOf(dependency: string, from: string): string {
  const folders = createRequire(from).resolve.paths(dependency) ?? [];
  const folder = folders.find((each) => existsSync(join(each, dependency, "package.json")));
  if (folder === undefined)
    throw new Error(`${dependency} is not installed near ${dirname(from)}: run npm ci.`);
  return join(folder, dependency);
}
