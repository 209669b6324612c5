import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Door } from "./paced-load";

/*
 * The clients of a load, in a process of their own. Asks at fixed times, whatever became of the last answer, until it is told anything; then
 * tells how long each answer took from the time it was due, in ms, and ends. Fails when one is not 200.
 */

const clients = 10;
const everyMs = 100;

async function main(door: Door): Promise<void> {
  const over = new AbortController();
  process.once("message", () => over.abort());
  const latencies: number[] = [];
  await Promise.all(
    Array.from({ length: clients }, (_, at) =>
      client(door, (at * everyMs) / clients, latencies, over.signal),
    ),
  );
  process.send?.(latencies, () => process.disconnect());
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

const [host = "", port] = process.argv.slice(2);
main({ host, port: Number(port) }).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
