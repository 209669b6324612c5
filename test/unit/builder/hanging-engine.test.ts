import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerImages } from "../../../builder/image/docker-images";
import type { ImageEngine } from "../../../builder/image/image-engine";
import { Sensitive } from "../../../core/env";

const folder = mkdtempSync(join(tmpdir(), "paas-test-builder-"));
const socket = join(folder, "docker.sock");
/** Takes every call and answers none. */
let server: Server;
const calls: Socket[] = [];
const engine = dockerImages(`unix://${socket}`, 10);

beforeAll(async () => {
  server = createServer((call) => void calls.push(call.resume()));
  await once(server.listen(socket), "listening");
});
afterAll(() => {
  for (const call of calls) call.destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

const secrets = new Map([["TOKEN", new Sensitive("t")]]);
const request = { context: [], dockerfile: "Dockerfile", ref: "shop:1", labels: {}, secrets };

const questions: Record<string, (engine: ImageEngine) => Promise<unknown>> = {
  inspect: ({ inspect }) => inspect("shop:1"),
  info: ({ info }) => info(),
  untag: ({ untag }) => untag("shop:1"),
  "a build's session": ({ build }) => build(request, () => undefined),
};

test.each(Object.entries(questions))("an engine that hangs is given up: %s", async (_, ask) => {
  await expect(ask(engine)).rejects.toMatchObject({
    code: "timeout",
    message: expect.stringContaining("restart it"),
  });
});
