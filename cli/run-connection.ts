import WebSocket from "ws";
import { apiPrefix } from "../core/api-prefix";
import { PaasError } from "../core/error";
import { resizeFrame, runChannel, runFrame } from "../core/run-frame";
import type { ApiError, RunEnd, RunStart } from "../core/wire";
import { connection, moved, refusal, unreachable } from "./http-client";
import type { Server } from "./server";
import type { World } from "./world";

/** The server pings at least every 20 s; after this much silence it is lost. */
const silenceMs = 60_000;

/** One `run` from its first frame to the end; resolves with the program's exit code. */
export async function holdRun(world: World, server: Server, path: string, start: RunStart): Promise<number> {
  const socket = await open(server, path, world.version);
  const gone = new AbortController();
  const releases = [watch(socket), forwardSignals(world, socket, start.tty), rawMode(world, start.tty)];
  try {
    socket.send(JSON.stringify(start));
    const end = receive(world, socket);
    forwardInput(world, socket, gone.signal);
    const { exitCode, error } = await end;
    if (error !== undefined) world.stderr.write(` !    ${error}\n`);
    return exitCode;
  } finally {
    gone.abort();
    for (const release of releases) release();
    socket.terminate();
  }
}

async function open(server: Server, path: string, version: string): Promise<WebSocket> {
  const { url, options } = connection(server, apiPrefix + path, version);
  const { Host, Authorization } = options.headers as Record<string, string>;
  const secure = url.protocol === "https:" ? "wss" : "ws";
  const host = String(options.host);
  const target = `${secure}://${host.includes(":") ? `[${host}]` : host}:${options.port}${url.pathname}`;
  const headers = { Host: Host ?? url.host, Authorization: Authorization ?? "" };
  const socket = new WebSocket(target, {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: 30_000,
    ...(options.servername && { servername: options.servername }),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (cause) => reject(unreachable(server, cause)));
    socket.once("unexpected-response", (_request, response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      const isMoved = response.headers.location !== undefined;
      response.on("end", () => reject(isMoved ? moved(server, response) : refused(text, server)));
    });
  });
  return socket;
}

function refused(text: string, server: Server): PaasError {
  try {
    return refusal(server, JSON.parse(text) as ApiError);
  } catch (cause) {
    return new PaasError("unavailable", `${server.url} did not answer as a paas API does: try again.`, {
      cause,
    });
  }
}

/** Resolves with the end the server tells; output is written at the pace of whoever reads ours. */
function receive({ stdout, stderr }: World, socket: WebSocket): Promise<RunEnd> {
  return new Promise((resolve, reject) => {
    socket.on("message", (data) => {
      const frame = data as Buffer;
      const content = frame.subarray(1);
      if (frame[0] === runChannel.end) resolve(JSON.parse(String(content)) as RunEnd);
      else {
        const output = frame[0] === runChannel.stderr ? stderr : stdout;
        if (output.write(content)) return;
        socket.pause();
        output.once("drain", () => socket.resume());
      }
    });
    socket.on("error", (cause) => reject(lost(cause)));
    socket.on("close", () => reject(lost()));
  });
}

const lost = (cause?: Error): PaasError =>
  new PaasError(
    "unavailable",
    "The connection was lost; the command was stopped with it.",
    cause ? { cause } : {},
  );

const maxBufferedBytes = 1024 * 1024;
/** Well below the 1 MB that the server takes in one message. */
const maxFrameBytes = 64 * 1024;

/** Sends our input on until it or the run ends. */
function forwardInput({ stdin }: World, socket: WebSocket, signal: AbortSignal): void {
  const send = (chunk: Buffer | string): void => {
    const bytes = Buffer.from(chunk);
    for (let at = 0; at < bytes.length; at += maxFrameBytes)
      socket.send(runFrame(runChannel.stdin, bytes.subarray(at, at + maxFrameBytes)), resume);
    if (socket.bufferedAmount > maxBufferedBytes) stdin.pause();
  };
  const resume = (): void => {
    if (!signal.aborted && socket.bufferedAmount <= maxBufferedBytes) stdin.resume();
  };
  const end = (): void => socket.send(runFrame(runChannel.stdin, Buffer.alloc(0)));
  stdin.on("data", send);
  stdin.on("end", end);
  signal.addEventListener("abort", () => {
    stdin.off("data", send);
    stdin.off("end", end);
    stdin.pause();
  });
}

/** Without a terminal of its own the program gets our signals; with one, Ctrl-C travels as a byte. */
function forwardSignals(world: World, socket: WebSocket, tty: boolean): () => void {
  const pass = (name: "SIGINT" | "SIGTERM" | "SIGHUP") =>
    world.onSignal(name, () => socket.send(runFrame(runChannel.signal, Buffer.from(name))));
  const size = () =>
    world.stdout.columns &&
    world.stdout.rows &&
    socket.send(resizeFrame(world.stdout.columns, world.stdout.rows));
  const restore = [
    pass("SIGINT"),
    pass("SIGTERM"),
    pass("SIGHUP"),
    ...(tty ? [world.onSignal("SIGWINCH", size)] : []),
  ];
  return () => {
    for (const undo of restore) undo();
  };
}

function rawMode({ stdin }: World, tty: boolean): () => void {
  if (!tty) return () => undefined;
  stdin.setRawMode?.(true);
  return () => stdin.setRawMode?.(false);
}

function watch(socket: WebSocket): () => void {
  let timer = setTimeout(() => socket.terminate(), silenceMs);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.terminate(), silenceMs);
  };
  socket.on("ping", heard);
  socket.on("message", heard);
  return () => clearTimeout(timer);
}
