import { once } from "node:events";
import type { Socket } from "node:net";

/** A client that speaks for itself, byte by byte. */
export class RawClient {
  readonly socket: Socket;
  text = "";
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    const wake = () => {
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
    socket.on("data", (chunk: string) => {
      this.text += chunk;
      wake();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", wake);
  }

  /** Resolves when what was received matches; rejects if the connection ends before. */
  async receive(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.destroyed) throw new Error(`ended before ${pattern}: ${JSON.stringify(this.text)}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.text;
  }

  /** Resolves with everything received when the router closes. */
  async end(): Promise<string> {
    if (!this.socket.destroyed) await once(this.socket, "close");
    return this.text;
  }
}
