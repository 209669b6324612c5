import type { Readable } from "node:stream";
import type Docker from "dockerode";

interface DialOptions {
  path: string;
  method: "GET";
  isStream: true;
  statusCodes: Record<number, true | string>;
  options: Record<string, unknown>;
  abortSignal: AbortSignal;
}

interface Modem {
  dial(options: DialOptions, callback: (error: Error | null, stream: Readable) => void): void;
}

/**
 * Opens a stream of the engine (`/containers/x/logs`, `/events`). dockerode's own calls would collect some of them in memory, or hand back
 * parsed JSON when the text happens to be JSON. Aborting destroys the stream.
 */
export function openStream(
  docker: Docker,
  path: string,
  query: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Readable> {
  const modem = docker.modem as Modem;
  const statusCodes = { 200: true, 404: "no such thing", 409: "conflict", 500: "server error" } as const;
  return new Promise((resolve, reject) => {
    const dial: DialOptions = {
      path: `${path}?`,
      method: "GET",
      isStream: true,
      statusCodes,
      options: query,
      abortSignal: signal,
    };
    modem.dial(dial, (error, stream) => {
      if (error) return reject(error);
      // An abort that nobody reads any more must not be an uncaught error; readers get it from their iteration.
      stream.on("error", () => undefined);
      return resolve(stream);
    });
  });
}
