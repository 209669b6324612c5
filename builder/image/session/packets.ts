import protobuf from "protobufjs";
import type { ContextEntry } from "../context-entry";

export const packetTypes = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const;

/** What is sent of a file's bytes, or asked: `id` is the file's place in the list. */
export interface Packet {
  type: number;
  id: number;
  data: Uint8Array;
}

// The packets of fsutil (types/wire.proto and types/stat.proto of github.com/tonistiigi/fsutil), as far as they are used.
const root = protobuf.Root.fromJSON({
  nested: {
    Packet: {
      fields: {
        type: { type: "int32", id: 1 },
        stat: { type: "Stat", id: 2 },
        id: { type: "uint32", id: 3 },
        data: { type: "bytes", id: 4 },
      },
    },
    Stat: {
      fields: {
        path: { type: "string", id: 1 },
        mode: { type: "uint32", id: 2 },
        size: { type: "int64", id: 5 },
        modTime: { type: "int64", id: 6 },
        linkname: { type: "string", id: 7 },
      },
    },
  },
});
const packetType = root.lookupType("Packet");

/** As Go's os.FileMode has them. */
const typeBits = { file: 0, directory: 2 ** 31, symlink: 2 ** 27 };

export const readPacket = (message: Uint8Array): Packet =>
  packetType.toObject(packetType.decode(message), { defaults: true, bytes: Buffer }) as Packet;

/** Owner and group are root's. */
export const statPacket = ({ path, type, mode, size, mtimeMs, linkname }: ContextEntry): Uint8Array => {
  // Nanoseconds: whole seconds of them are exact as a number.
  const modTime = Math.floor(mtimeMs / 1000) * 1e9;
  return encoded({
    type: packetTypes.stat,
    stat: { path, mode: typeBits[type] + mode, size, modTime, linkname },
  });
};

/** After the last one of the list. */
export const listEndPacket = (): Uint8Array => encoded({ type: packetTypes.stat });

/** Without data: the file's end. */
export const dataPacket = (id: number, data?: Uint8Array): Uint8Array =>
  encoded({ type: packetTypes.data, id, ...(data ? { data } : {}) });

export const endPacket = (): Uint8Array => encoded({ type: packetTypes.end });

const encoded = (fields: object): Uint8Array => packetType.encode(packetType.create(fields)).finish();
