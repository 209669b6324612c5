/** Channels of `run` over WebSocket: the first byte of each binary message (see wire.ts). Free of libraries, for the CLI's start-up time. */
export const runChannel = { stdin: 0, resize: 1, signal: 2, stdout: 1, stderr: 2, end: 3 } as const;

export const runFrame = (channel: number, data: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(channel), data]);

export function resizeFrame(columns: number, rows: number): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt8(runChannel.resize, 0);
  frame.writeUInt16BE(columns, 1);
  frame.writeUInt16BE(rows, 3);
  return frame;
}

/** Columns and rows of a resize frame's data; null when it is none. */
export function readSize(data: Buffer): { columns: number; rows: number } | null {
  if (data.length !== 4) return null;
  const [columns, rows] = [data.readUInt16BE(0), data.readUInt16BE(2)];
  return columns > 0 && rows > 0 ? { columns, rows } : null;
}
