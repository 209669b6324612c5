import { once } from "node:events";
import WebSocket from "ws";
import { ask, type Door } from "./door";

/** A stream that the platform closed, as its client saw it. Times are milliseconds since the epoch. */
export interface ClosedStream {
  kind: "websocket" | "events";
  /** Of the instance behind it, by its own word. */
  address: string;
  openedAt: number;
  closedAt: number;
}

/** What came of one stream: closed in order by the platform, a fault, or null when `stop` ended it. */
export type StreamEnd = ClosedStream | { fault: string } | null;

/** The close code of a router that goes on in order; anything else cut the connection. */
const goingAway = 1001;

/** Listens to server-sent events until the router ends them, or until stopped. */
export async function listen(door: Door, stop: AbortSignal): Promise<StreamEnd> {
  try {
    const events = await ask(door, "/events", false);
    const openedAt = Date.now();
    if (events.statusCode !== 200) return { fault: `/events: ${events.statusCode}` };
    const destroy = () => events.destroy();
    stop.addEventListener("abort", destroy);
    let text = "";
    events.setEncoding("utf8").on("data", (chunk: string) => {
      if (text.length < 100) text += chunk;
    });
    await once(events, "close");
    stop.removeEventListener("abort", destroy);
    if (stop.aborted) return null;
    const address = /^data: (\S+)\n/.exec(text)?.[1];
    if (!events.complete || address === undefined)
      return { fault: `/events: cut after ${text.length} characters` };
    return { kind: "events", address, openedAt, closedAt: Date.now() };
  } catch (error) {
    return stop.aborted ? null : { fault: `/events: ${String(error)}` };
  }
}

/** Holds a WebSocket until the router closes it, or until stopped. */
export async function converse({ port, host }: Door, stop: AbortSignal): Promise<StreamEnd> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { host } });
  const close = () => socket.close();
  stop.addEventListener("abort", close);
  let [openedAt, address, error] = [0, "", ""];
  socket.on("open", () => {
    openedAt = Date.now();
  });
  socket.on("message", (data: Buffer) => {
    address = data.toString();
  });
  socket.on("error", (fault) => {
    error = fault.message;
  });
  const code = await new Promise<number>((resolve) => void socket.once("close", resolve));
  stop.removeEventListener("abort", close);
  if (stop.aborted) return null;
  if (code !== goingAway || address === "") return { fault: `websocket: closed with ${code} ${error}` };
  return { kind: "websocket", address, openedAt, closedAt: Date.now() };
}
