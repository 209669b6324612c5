import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { GitDoor } from "./git-door";
import { finish, gitEnd, relay } from "./git-exchange";
import type { Admitted } from "./guard";
import { flushPacket, packet } from "./pkt-line";
import { protocolOf } from "./protocol-version";

/** `GET info/refs`: what the repository offers. */
export async function advertise(
  door: GitDoor,
  { app, service }: Admitted,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const environment = service === "upload-pack" ? protocolOf(req) : {};
  const child = door.repositories.spawn(app.id, [service, "--stateless-rpc", "--advertise-refs", "."], {
    stdio: ["ignore", "pipe", "pipe"],
    environment,
  });
  const contentType = `application/x-git-${service}-advertisement`;
  // Version 2 begins at once with its own first line.
  const prefix = environment.GIT_PROTOCOL?.includes("version=2")
    ? undefined
    : Buffer.concat([packet(`# service=git-${service}\n`), flushPacket]);
  relay(child.stdout as Readable, res, contentType, prefix);
  finish(res, await gitEnd(child), contentType);
}
