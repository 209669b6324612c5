import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex, Readable, Writable } from "node:stream";
import { isPaasError } from "../../core/error";
import type { RefAnswer, RefUpdate } from "../../core/push";
import { discardRest } from "./answer";
import type { GitDoor, GitDoorLimits } from "./git-door";
import { feed, finish, gitEnd, relay } from "./git-exchange";
import type { Admitted } from "./guard";
import { converseWithReceivePack } from "./proc-receive";
import { openPushOutput } from "./push-output";
import { checkLength, requestBody } from "./request-body";
import { withShallowAdvice } from "./shallow-advice";

const contentType = "application/x-git-receive-pack-result";

/**
 * `POST git-receive-pack`: receive-pack takes and checks the objects, then its proc-receive hook asks us, over pipes that it inherited,
 * what shall become of each ref.
 *
 * INVARIANT: once door.receive was called it goes on to its end, whatever happens to the pusher or to receive-pack. Nobody who can see
 * that the answer will not come is kept waiting for that end.
 */
export async function servePush(
  door: GitDoor,
  limits: GitDoorLimits,
  { actor, app }: Admitted,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  checkLength(req, limits.pushBytes);
  const child = door.repositories.spawn(app.id, ["receive-pack", "--stateless-rpc", "."], {
    stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
  });
  const [stdin, stdout, , talk, outputPipe] = child.stdio as unknown as [
    Writable,
    Readable,
    Readable,
    Duplex,
    Duplex,
  ];
  const gone = new AbortController();
  const output = openPushOutput(outputPipe);
  const answer = withShallowAdvice(stdout);
  const ended = gitEnd(child, answer).finally(() => {
    gone.abort();
    output.end();
    talk.end(); // what is left of the hook reads end-of-file and ends too
  });
  ended.catch(() => undefined); // awaited below, after the body
  res.once("close", () => gone.abort());
  const mute = relay(answer, res, contentType);
  talk.on("error", () => undefined); // a receive-pack that was killed; `ended` tells

  const conversation = converseWithReceivePack(talk, async (updates) => {
    try {
      return await door.receive(actor, app, updates, output, gone.signal);
    } catch (error) {
      return refuseAll(door, updates, error);
    } finally {
      output.end();
    }
  }).catch(door.fault);
  void Promise.allSettled([ended, conversation]).then(() => talk.destroy());
  try {
    await feed(requestBody(req, limits.pushBytes), stdin);
  } catch (error) {
    mute();
    stdin.destroy();
    throw error;
  } finally {
    await Promise.allSettled([ended]);
  }
  finish(res, await ended, contentType);
  discardRest(req);
}

function refuseAll(door: GitDoor, updates: RefUpdate[], error: unknown): RefAnswer[] {
  const known = isPaasError(error) && error.code !== "internal";
  if (!known) door.fault(error);
  const reason = known ? error.message : "the server had an internal error; its log says more";
  return updates.map(({ ref }) => ({ ref, ok: false, reason }));
}
