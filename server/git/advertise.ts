import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { noCache } from "./answer";
import { advertiseByLibrary } from "./fetch-by-library";
import type { GitDoor } from "./git-door";
import { finish, gitEnd, gitFailed, relay } from "./git-exchange";
import type { Admitted } from "./guard";
import { flushPacket, packet } from "./pkt-line";
import { protocolOf, speaksVersion2 } from "./protocol-version";

/** `GET info/refs`: what the repository offers. */
export async function advertise(
  door: GitDoor,
  admitted: Admitted,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (admitted.service === "upload-pack" && speaksVersion2(req))
    await advertiseVersion2(door.repositories.path(admitted.app.id), res);
  else await advertiseRefs(door, admitted, req, res);
}

const contentTypeOf = (service: string): string => `application/x-git-${service}-advertisement`;
const prefixOf = (service: string): Buffer =>
  Buffer.concat([packet(`# service=git-${service}\n`), flushPacket]);
const version2 = packet("version 2\n");

/** Version 2 offers capabilities, a few hundred bytes without any ref; and begins at once, without the line that the library puts first. */
async function advertiseVersion2(directory: string, res: ServerResponse): Promise<void> {
  const { output, ended, stop } = advertiseByLibrary(directory);
  res.once("close", stop);
  const [said, end] = await Promise.all([buffer(output), ended]);
  if (res.destroyed) return;
  const body = said.subarray(prefixOf("upload-pack").length);
  if (end.code !== 0 || !body.subarray(0, version2.length).equals(version2)) throw gitFailed(end);
  res.writeHead(200, {
    ...noCache,
    "Content-Type": contentTypeOf("upload-pack"),
    "Content-Length": body.length,
  });
  res.end(body);
}

async function advertiseRefs(
  door: GitDoor,
  { app, service }: Admitted,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const child = door.repositories.spawn(app.id, [service, "--stateless-rpc", "--advertise-refs", "."], {
    stdio: ["ignore", "pipe", "pipe"],
    environment: service === "upload-pack" ? protocolOf(req) : {},
  });
  const contentType = contentTypeOf(service);
  relay(child.stdout as Readable, res, contentType, prefixOf(service));
  finish(res, await gitEnd(child), contentType);
}
