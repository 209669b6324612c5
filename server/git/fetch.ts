import type { ChildProcess } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable, Writable } from "node:stream";
import { discardRest } from "./answer";
import { fetchByLibrary } from "./fetch-by-library";
import type { GitDoor, GitDoorLimits } from "./git-door";
import { feed, finish, type GitExchange, gitEnd, relay } from "./git-exchange";
import type { Admitted } from "./guard";
import { protocolOf, speaksVersion2 } from "./protocol-version";
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
  const exchange = speaksVersion2(req)
    ? await fetchByLibrary(door.repositories.path(app.id))
    : fetchByOwnSpawn(door, app.id, req);
  const { input, output, ended, stop } = exchange;
  ended.catch(() => undefined); // awaited below, after the body
  res.once("close", stop);
  if (res.destroyed) stop();
  const mute = relay(output, res, contentType);
  try {
    await feed(requestBody(req, limits.fetchBytes), input);
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

/** Versions 0 and 1: the library's git has version 2 in its environment, and cannot be given another. */
function fetchByOwnSpawn(door: GitDoor, appId: string, req: IncomingMessage): GitExchange {
  const child = door.repositories.spawn(appId, ["upload-pack", "--stateless-rpc", "."], {
    environment: protocolOf(req),
  });
  return {
    input: child.stdin as Writable,
    output: child.stdout as Readable,
    ended: gitEnd(child),
    stop: () => endGroup(child),
  };
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
