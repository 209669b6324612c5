import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Where the answers come from. */
export interface Door {
  port: number;
  host: string;
}

/** Ten clients ask 100 times a second while `act` runs; returns how long each answer took from the time it was due, in ms. */
export async function latenciesDuring({ host, port }: Door, act: () => Promise<unknown>): Promise<number[]> {
  const load = startClients([join(__dirname, "paced-client.js"), host, String(port)]);
  const ended = once(load, "exit");
  const told = once(load, "message") as Promise<[number[]]>;
  try {
    await act();
    if (load.connected) load.send("over");
    const [latencies] = await Promise.race([told, ended.then(failed)]);
    return latencies;
  } finally {
    load.kill();
    await ended;
  }
}

/**
 * Clients stand for other machines: they must wait neither for the bench, which starts processes meanwhile, nor for a CPU, which they want for
 * little. Niceness would not do where the kernel groups by sessions. As root; others measure with what they have.
 */
function startClients(program: string[]): ChildProcess {
  const first = process.getuid?.() === 0 ? ["chrt", "--rr", "1"] : [];
  const [command = "", ...words] = [...first, process.execPath, ...program];
  return spawn(command, words, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

const failed = (): never => {
  throw new Error("The clients of the load failed; what they said is above.");
};
