import type { IncomingMessage, ServerResponse } from "node:http";
import { isPaasError } from "../../core/error";
import { advertise } from "./advertise";
import { answerError } from "./answer";
import { serveFetch } from "./fetch";
import { defaultDoorLimits, type GitDoor, type GitDoorLimits } from "./git-door";
import { type Admitted, admit } from "./guard";
import { servePush } from "./push";

export type { GitDoor, GitDoorLimits } from "./git-door";

/**
 * git's smart HTTP protocol at `/git/<app>.git` (also when mounted at `/git`), served by git's own programs, which node-git-server starts
 * for fetches in version 2 and we ourselves for all else; to be mounted before
 * anything that reads request bodies. Never throws and never leaves a rejection: every request gets an answer.
 */
export function gitRouter(door: GitDoor): (req: IncomingMessage, res: ServerResponse) => void {
  const limits: GitDoorLimits = { ...defaultDoorLimits, ...door.limits };
  return (req, res) => {
    // Both sides report a vanished client as an error event, which would end the whole server if nobody listened.
    req.on("error", () => undefined);
    res.on("error", () => undefined);
    req.setTimeout(limits.idleMs); // without a listener of ours, Node.js closes the connection
    handle(door, limits, req, res).catch((error: unknown) => {
      if (!isPaasError(error) || error.code === "internal") door.fault(error);
      answerError(req, res, error);
    });
  };
}

async function handle(
  door: GitDoor,
  limits: GitDoorLimits,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const admitted: Admitted = await admit(door, req);
  if (admitted.step === "advertise") await advertise(door, admitted, req, res);
  else if (admitted.service === "upload-pack") await serveFetch(door, limits, admitted, req, res);
  else await servePush(door, limits, admitted, req, res);
}
