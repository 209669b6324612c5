import { homedir } from "node:os";
import { messageOf } from "../../core/error";
import { readSettings } from "../../core/settings";
import { dockerImages } from "../image/docker-images";
import { ensureStackImages } from "./ensure-stack-images";

const write = (text: string): void => {
  process.stdout.write(text);
};

async function main(): Promise<void> {
  const settings = readSettings(process.env, { uid: process.getuid?.() ?? -1, home: homedir() });
  const stack = await ensureStackImages(dockerImages(settings.dockerHost), write);
  write(`Stack images: ${stack.build.ref} ${stack.run.ref}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(` !     ${messageOf(error)}\n`);
  process.exitCode = 1;
});
