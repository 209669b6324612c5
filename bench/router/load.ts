import { join } from "node:path";
import { run } from "../command";
import { benchHost } from "./certificate";
import { cores } from "./pinned";

/** What one round of load did. */
export interface Round {
  requests: number;
  failed: number;
  seconds: number;
}

export interface WrkOptions {
  url: string;
  connections: number;
  seconds: number;
  /** A header line. */
  header?: string;
  script?: string;
}

/** Loads a URL without pause, from the core that the proxy does not have. */
export async function wrk({ url, connections, seconds, header, script }: WrkOptions): Promise<Round> {
  const more = [...(header ? ["-H", header] : []), ...(script ? ["-s", script] : [])];
  const args = ["-c", cores.rest, "wrk", "-t1", `-c${connections}`, `-d${seconds}s`, ...more, url];
  const said = await run("taskset", args);
  const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? 0);
  const errors =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(said)?.slice(1) ?? [];
  const failed = errors.reduce((sum, text) => sum + Number(text), number(/Non-2xx or 3xx responses: (\d+)/));
  return { requests: number(/(\d+) requests in/), failed, seconds: number(/requests in ([\d.]+)s/) };
}

/** Loads a host over TLS by HTTP/2, without pause: `connections`, each with 16 requests at a time. */
export async function h2load(port: number, connections: number, seconds: number): Promise<Round> {
  const how = ["-t1", `-c${connections}`, "-m16", `-D${seconds}s`, `--connect-to=127.0.0.1:${port}`];
  const said = await run("taskset", ["-c", cores.rest, "h2load", ...how, `https://${benchHost}/small`]);
  const [, done = 0, failed = 0, errored = 0] =
    /(\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored/.exec(said)?.map(Number) ?? [];
  if (!said.includes("Application protocol: h2")) throw new Error("It does not speak HTTP/2.");
  return { requests: done, failed: failed + errored, seconds };
}

/** Requests at a fixed rate; resolves with their latencies in milliseconds, each from when it was due. */
export async function paced(port: number, rate: number, seconds: number): Promise<number[]> {
  const program = join(__dirname, "paced-main.js");
  const said = await run("taskset", [
    "-c",
    cores.rest,
    process.execPath,
    program,
    ...[port, rate, seconds].map(String),
  ]);
  return JSON.parse(said) as number[];
}

/** Messages sent and come back over WebSockets without pause; resolves with how many. */
export async function echoes(port: number, connections: number, seconds: number): Promise<Round> {
  const program = join(__dirname, "echoes-main.js");
  const words = [port, connections, seconds].map(String);
  const said = await run("taskset", ["-c", cores.rest, process.execPath, program, ...words]);
  return JSON.parse(said) as Round;
}
