import { once } from "node:events";
import { type Agent, type IncomingMessage, request } from "node:http";

/** Where the app answers: the router's port, and the app's hostname. */
export interface Door {
  port: number;
  host: string;
}

/** Sends one request and resolves with the answer's head; `agent` false is a connection of its own. */
export async function ask(
  { port, host }: Door,
  path: string,
  agent: Agent | false,
  body?: Buffer,
): Promise<IncomingMessage> {
  const place = { host: "127.0.0.1", port, path, agent, headers: { host } };
  const asked = request({ ...place, method: body ? "POST" : "GET" }).end(body);
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return response;
}
