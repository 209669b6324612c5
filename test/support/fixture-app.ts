import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseImage } from "./base-image";

const checkout = join(__dirname, "../..");

export type FixtureName =
  | "node-express"
  | "docker-app"
  | "worker-only"
  | "broken-build"
  | "never-listens"
  | "static-site"
  | "grpc";

/** Copies an app of test/fixtures/apps into a directory (made if needed). A Dockerfile's BASE_IMAGE becomes an image that is there. */
export async function copyFixture(name: FixtureName, directory: string): Promise<void> {
  await copyApp(join(checkout, "test/fixtures/apps", name), directory);
}

/** The same with an app of examples/. */
export async function copyExample(name: string, directory: string): Promise<void> {
  await copyApp(join(checkout, "examples", name), directory);
}

/** The same with any directory, or a part of it. */
export async function copyApp(
  from: string,
  directory: string,
  filter: (path: string) => boolean = () => true,
): Promise<void> {
  cpSync(from, directory, { recursive: true, filter });
  const dockerfile = join(directory, "Dockerfile");
  if (!existsSync(dockerfile)) return;
  writeFileSync(dockerfile, readFileSync(dockerfile, "utf8").replaceAll("BASE_IMAGE", await baseImage()));
}
