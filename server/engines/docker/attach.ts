import { Duplex } from "node:stream";
import type Docker from "dockerode";

/** What of a container is joined to the connection. */
export interface Attached {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
}

/**
 * Joins a connection to a container's streams. The vendor's own call repeats its options as a body, which the engine leaves on the line: where
 * it comes later than the head, as through a proxy, the program would read it on stdin.
 */
export function attach(docker: Docker, containerId: string, streams: Attached): Promise<Duplex> {
  const call = {
    path: `/containers/${containerId}/attach?`,
    method: "POST",
    options: { stream: true, ...streams },
    file: Buffer.alloc(0),
    hijack: true,
    statusCodes: { 200: true },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(call, (error: unknown, socket: unknown) =>
      socket instanceof Duplex ? resolve(socket) : reject(error ?? new Error("the engine kept to HTTP")),
    );
  });
}
