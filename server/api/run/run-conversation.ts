import { once } from "node:events";
import type { Readable } from "node:stream";
import { WebSocket } from "ws";
import { errorCatalogue, type PaasError } from "../../../core/error";
import { readSize, runFrame } from "../../../core/run-frame";
import { type RunEnd, type RunStart, runChannel } from "../../../core/wire";
import type { RunAttachment } from "../platform/runs";
import { translate } from "../request/errors";
import { openInbox, type RunInbox } from "./run-inbox";

const pingMs = 15_000;

export interface RunParts {
  start(wish: RunStart): Promise<RunAttachment>;
  /** Takes faults that change nothing for the run, such as a resize that came when the program had just ended. */
  note(error: unknown): void;
}

/** One `run` over its WebSocket, from RunStart to RunEnd. The container never outlives the conversation, however it ends. */
export async function holdRun(client: WebSocket, parts: RunParts): Promise<void> {
  const stopPings = keepAlive(client);
  try {
    const inbox = openInbox(client);
    const run = await parts.start(await inbox.start);
    try {
      await sayEnd(client, await attach(client, inbox, run, parts));
    } finally {
      await run.end();
    }
  } catch (thrown) {
    const error = translate(thrown);
    await sayEnd(client, endOf(error));
    if (error.code === "internal") throw thrown;
  } finally {
    stopPings();
    client.close(1000);
  }
}

/** What failed before or while running, as the client's exit. */
const endOf = (error: PaasError): RunEnd => ({
  exitCode: errorCatalogue[error.code].exit,
  error: error.message,
});

/** Joins client and program until the program has ended and its output has left (then its RunEnd), or the client has gone (null). */
async function attach(
  client: WebSocket,
  inbox: RunInbox,
  run: RunAttachment,
  parts: RunParts,
): Promise<RunEnd | null> {
  if (client.readyState !== WebSocket.OPEN) return null;
  const stopWaiting = new AbortController();
  const left = once(client, "close", { signal: stopWaiting.signal });
  // A program that has closed its input, or ended, is no fault of the conversation.
  run.stdin?.on("error", parts.note);
  inbox.deliver((frame) => receive(client, run, frame, parts));
  const ended = Promise.all([
    run.exited,
    forward(client, runChannel.stdout, run.stdout),
    forward(client, runChannel.stderr, run.stderr),
  ]);
  try {
    return await Promise.race([ended.then(([exitCode]) => ({ exitCode })), left.then(() => null)]);
  } finally {
    // Whoever lost the race ends now; nobody else hears of it.
    stopWaiting.abort();
    left.catch(() => null);
    ended.catch(parts.note);
    run.stdout.destroy();
    run.stderr?.destroy();
  }
}

function receive(client: WebSocket, run: RunAttachment, frame: Buffer, { note }: RunParts): void {
  const content = frame.subarray(1);
  if (frame[0] === runChannel.stdin) feed(client, run, content);
  else if (frame[0] === runChannel.resize) resize(run, content).catch(note);
  else if (frame[0] === runChannel.signal) forwardSignal(run, String(content)).catch(note);
  else client.close(1003, "unknown channel");
}

function feed(client: WebSocket, run: RunAttachment, content: Buffer): void {
  if (!run.stdin?.writable) return;
  if (content.length === 0) run.stdin.end();
  else if (!run.stdin.write(content) && !client.isPaused) {
    client.pause();
    const resume = (): void => client.resume();
    run.stdin.once("drain", resume).once("close", resume);
  }
}

async function resize(run: RunAttachment, content: Buffer): Promise<void> {
  const size = readSize(content);
  if (size) await run.resize(size.columns, size.rows);
}

const signals = new Set(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGKILL", "SIGUSR1", "SIGUSR2"]);
async function forwardSignal(run: RunAttachment, name: string): Promise<void> {
  if (signals.has(name)) await run.signal(name);
}

async function forward(client: WebSocket, channel: number, output: Readable | null): Promise<void> {
  for await (const chunk of output ?? []) await send(client, runFrame(channel, chunk as Buffer));
}

/** Resolves when the bytes have left, so that a slow reader slows the program and not our memory. */
function send(client: WebSocket, frame: Buffer): Promise<void> {
  return new Promise((resolve, reject) => client.send(frame, (error) => (error ? reject(error) : resolve())));
}

async function sayEnd(client: WebSocket, end: RunEnd | null): Promise<void> {
  if (end === null || client.readyState !== WebSocket.OPEN) return;
  await send(client, runFrame(runChannel.end, Buffer.from(JSON.stringify(end)))).catch(() =>
    client.terminate(),
  );
}

/** Pings; a client that did not answer the one before is lost. A paused one cannot answer. Returns how to stop. */
function keepAlive(client: WebSocket): () => void {
  let answered = true;
  client.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered && !client.isPaused) return client.terminate();
    answered = client.isPaused;
    client.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
