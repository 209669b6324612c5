/** Of a message on the wire: a byte of flags, and four of its length. */
export const grpcHeadBytes = 5;

/** A message as gRPC puts it on the wire, not compressed. */
export function grpcFrame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(grpcHeadBytes + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, grpcHeadBytes);
  return framed;
}
