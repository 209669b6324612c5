import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { HttpDuplex, Service, serviceRespond } from "node-git-server";
import { type GitExchange, gitEnd } from "./git-exchange";

/**
 * Clones and fetches in git's protocol version 2, by node-git-server (docs/decisions/0004-node-git-server-behind-a-guard.md).
 *
 * INVARIANTS: the library gets no request and no response of a client, but streams of ours that no client can break, without a URL and
 * without headers; the guard has decided before. Its git inherits the process' environment, which main.ts has made
 * Repositories.inheritedEnvironment(): that is where version 2 comes from.
 */
export function advertiseByLibrary(directory: string): GitExchange {
  const { input, output, req, res } = standIns();
  const duplex = new HttpDuplex(req, res);
  duplex.on("error", () => undefined); // told by gitEnd
  return exchangeWith(
    startedBy(() => serviceRespond(duplex, "upload-pack", directory, res)),
    input,
    output,
  );
}

/** One round of a clone or fetch. Rejects when git cannot be started; what git does then is told by the exchange. */
export function fetchByLibrary(directory: string): Promise<GitExchange> {
  const { input, output, req, res } = standIns();
  const service = new Service({ repo: directory, cwd: directory, service: "upload-pack" }, req, res);
  service.on("error", () => undefined); // told by gitEnd
  return new Promise((resolve, reject) => {
    service.once("service", (child: ChildProcess) => resolve(exchangeWith(child, input, output)));
    inOneTick(() => service.accept(), reject);
  });
}

/**
 * The library starts git in a tick of its own, where nobody could catch what is thrown when the system has no descriptors or memory
 * left: it would end the server. Ticks run in the order they were queued, so the two around the library's catch its faults only.
 */
function inOneTick(queueTick: () => void, fail: (error: Error) => void): void {
  const disarm = () => process.setUncaughtExceptionCaptureCallback(null);
  process.nextTick(() =>
    process.setUncaughtExceptionCaptureCallback((error) => {
      disarm();
      fail(error);
    }),
  );
  queueTick();
  process.nextTick(disarm);
}

/** The process that the library starts in `act`, which it does not hand out: it has to be ended with its client. */
function startedBy(act: () => void): ChildProcess {
  const started: ChildProcess[] = [];
  const note = (message: unknown) => started.push((message as { process: ChildProcess }).process);
  subscribe("child_process", note);
  try {
    act();
  } finally {
    unsubscribe("child_process", note);
  }
  const [child] = started;
  if (!child) throw new Error("node-git-server has not started git");
  return child;
}

/** What the library believes to be a client's. It uses these as streams, and reads only the request's (absent) headers. */
function standIns() {
  const input = Object.assign(new PassThrough(), { headers: {} });
  const output = new PassThrough();
  return {
    input,
    output,
    req: input as unknown as IncomingMessage,
    res: output as unknown as ServerResponse,
  };
}

function exchangeWith(child: ChildProcess, input: PassThrough, output: PassThrough): GitExchange {
  child.stdin?.on("error", () => undefined); // git ended before its input did; its exit code tells
  const ended = gitEnd(child, output);
  // Whoever feeds shall not wait for a git that reads no more, or that never was.
  child.stdin?.once("close", () => input.destroy());
  ended.catch(() => input.destroy());
  return { input, output, ended, stop: () => child.kill("SIGTERM") };
}
