import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

/** Where the answers come from. */
export interface Door {
  port: number;
  host: string;
}

const clients = 10;
const everyMs = 100;

/**
 * Clients that ask at fixed times, whatever became of the last answer, while `act` runs; returns how long each answer took from the time it
 * was due, in ms. Throws when one is not 200.
 */
export async function latenciesDuring(door: Door, act: () => Promise<unknown>): Promise<number[]> {
  const over = new AbortController();
  const latencies: number[] = [];
  const running = Array.from({ length: clients }, (_, at) =>
    client(door, (at * everyMs) / clients, latencies, over.signal),
  );
  try {
    await act();
  } finally {
    over.abort();
    await Promise.all(running);
  }
  return latencies;
}

async function client(door: Door, offsetMs: number, latencies: number[], over: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const began = performance.now() + offsetMs;
  for (let count = 0; !over.aborted; count++) {
    const due = began + count * everyMs;
    await pause(Math.max(0, due - performance.now()));
    await ask(door, agent);
    latencies.push(performance.now() - due);
  }
  agent.destroy();
}

async function ask({ port, host }: Door, agent: Agent): Promise<void> {
  const asked = request({ host: "127.0.0.1", port, headers: { host }, agent }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  await buffer(answer);
  if (answer.statusCode !== 200) throw new Error(`${host} answered ${answer.statusCode} under load.`);
}
