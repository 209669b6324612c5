import type { ChildProcess } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable, Writable } from "node:stream";
import { discardRest } from "./answer";
import type { GitDoor, GitDoorLimits } from "./git-door";
import { feed, finish, gitEnd, relay } from "./git-exchange";
import type { Admitted } from "./guard";
import { protocolOf } from "./protocol-version";
import { checkLength, requestBody } from "./request-body";

const contentType = "application/x-git-upload-pack-result";

/** `POST git-upload-pack`: one round of a clone or fetch. Ends with its client: packing for nobody would only cost. */
export async function serveFetch(
  door: GitDoor,
  limits: GitDoorLimits,
  { app }: Admitted,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  checkLength(req, limits.fetchBytes);
  const child = door.repositories.spawn(app.id, ["upload-pack", "--stateless-rpc", "."], {
    environment: protocolOf(req),
  });
  const ended = gitEnd(child);
  ended.catch(() => undefined); // awaited below, after the body
  const stop = () => endGroup(child);
  res.once("close", stop);
  const mute = relay(child.stdout as Readable, res, contentType);
  try {
    await feed(requestBody(req, limits.fetchBytes), child.stdin as Writable);
  } catch (error) {
    mute();
    stop();
    await Promise.allSettled([ended]);
    throw error;
  }
  const end = await ended;
  res.off("close", stop);
  if (res.destroyed) return;
  finish(res, end, contentType);
  discardRest(req);
}

/** Ends upload-pack and the pack-objects below it, which are a process group of their own. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ended by itself this moment
  }
}
