import { createConnection } from "node:net";

/** The only protocol version all supported servers speak: 3.0. */
const protocolVersion = 196608;
const authenticationOk = "R\0\0\0\x08\0\0\0\0";
const answerWithinMs = 2000;

/**
 * Whether the server behind a socket lets `paas` into its database: it answers while it still recovers, but with an error.
 * The supervisor speaks these thirty bytes itself, so as not to carry a database client.
 */
export function postgresAnswers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    const finish = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(answerWithinMs, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("connect", () => socket.write(startupMessage({ user: "paas", database: "paas" })));
    socket.once("data", (answer) => finish(answer.toString("latin1").startsWith(authenticationOk)));
  });
}

function startupMessage(parameters: Record<string, string>): Buffer {
  const text = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  const body = Buffer.from(`${text.join("")}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(protocolVersion, 4);
  return Buffer.concat([head, body]);
}
