import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { Project } from "./project";

/** A WebSocket to an app through the router. */
export class SocketClient {
  readonly closed: Promise<number>;
  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => socket.once("close", resolve));
  }

  static async open(project: Project, path = "/ws"): Promise<SocketClient> {
    const url = `ws://127.0.0.1:${project.platform.httpPort}${path}`;
    const socket = new WebSocket(url, { headers: { Host: `${project.app}.localhost` } });
    await once(socket, "open");
    return new SocketClient(socket);
  }

  /** Sends a message; resolves with the answer. */
  async say(text: string): Promise<string> {
    this.socket.send(text);
    const [data] = await once(this.socket, "message");
    return String(data);
  }
}

/** A reader of an app's `/events` through the router. */
export class EventClient {
  text = "";
  /** True when the stream ended in order, false when it was cut. */
  readonly ended: Promise<boolean>;
  private constructor(readonly response: IncomingMessage) {
    response.setEncoding("utf8").on("data", (chunk: string) => {
      this.text += chunk;
    });
    response.on("error", () => undefined);
    this.ended = new Promise((resolve) => response.once("close", () => resolve(response.complete)));
  }

  static async open(project: Project): Promise<EventClient> {
    const { httpPort: port } = project.platform;
    const headers = { host: `${project.app}.localhost` };
    const request = get({ host: "127.0.0.1", port, path: "/events", headers, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return new EventClient(response);
  }

  /** Resolves with the next event. */
  async next(): Promise<string> {
    const from = this.text.length;
    while (!this.text.slice(from).includes("\n\n")) await once(this.response, "data");
    return this.text.slice(from);
  }
}
