import { once } from "node:events";
import type { TLSSocket } from "node:tls";

export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
};
export const flags = { endStream: 1, ack: 1, endHeaders: 4 };

export interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}

export function frame(type: number, flag: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flag, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of HPACK in which each field is a literal that nobody keeps (RFC 7541, 6.2.2). */
export function block(fields: [name: string, value: string][]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

export const asking = (path = "/", method = "GET"): [string, string][] => [
  [":method", method],
  [":scheme", "https"],
  [":path", path],
  [":authority", "shop.localhost"],
];

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const length = [Math.min(bytes.length, 127)];
  if (bytes.length >= 127) {
    let left = bytes.length - 127;
    for (; left >= 128; left = Math.floor(left / 128)) length.push((left % 128) + 128);
    length.push(left);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

export const uint32 = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, index * 4);
  return bytes;
};

export const setting = (id: number, value: number): Buffer => {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
};

/** A client that says what it wants, frame by frame. */
export class FrameClient {
  readonly socket: TLSSocket;
  readonly frames: Frame[] = [];
  #rest = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(socket: TLSSocket, settings: Buffer = Buffer.alloc(0)) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("close", () => this.#wake());
    this.send(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(frameTypes.settings, 0, 0, settings));
  }

  send(...parts: Buffer[]): boolean {
    return this.socket.writable && this.socket.write(Buffer.concat(parts));
  }

  /** Asks on a stream, with a head only. */
  ask(stream: number, fields = asking(), flag = flags.endStream | flags.endHeaders): void {
    this.send(frame(frameTypes.headers, flag, stream, block(fields)));
  }

  /** Sends the same again and again, as fast as it goes, until the router closes. */
  async flood(bytes: () => Buffer): Promise<void> {
    while (this.socket.writable) {
      if (this.send(bytes())) await new Promise((resolve) => setImmediate(resolve));
      else await Promise.race([once(this.socket, "drain"), once(this.socket, "close")]);
    }
  }

  /** Resolves with the first frame that `matches`; rejects if the connection ends before. */
  async frame(matches: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found) return found;
      if (this.socket.destroyed) throw new Error("the connection ended");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The code of a stream's reset. */
  async resetOf(stream: number): Promise<number> {
    const { payload } = await this.frame((each) => each.type === frameTypes.reset && each.stream === stream);
    return payload.readUInt32BE(0);
  }

  /** The code of the last word for the connection. */
  async goaway(): Promise<number> {
    const { payload } = await this.frame((each) => each.type === frameTypes.goaway);
    return payload.readUInt32BE(4);
  }

  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, "close");
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9 && this.#rest.length >= 9 + this.#rest.readUIntBE(0, 3)) {
      const end = 9 + this.#rest.readUIntBE(0, 3);
      this.frames.push({
        type: this.#rest.readUInt8(3),
        flags: this.#rest.readUInt8(4),
        stream: this.#rest.readUInt32BE(5) & 0x7fffffff,
        payload: this.#rest.subarray(9, end),
      });
      this.#rest = this.#rest.subarray(end);
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
