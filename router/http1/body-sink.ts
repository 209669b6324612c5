/** Takes a body's data. The bytes are only lent: what is kept longer than the call must be copied. */
export interface BodySink {
  onBody(bytes: Buffer, from: number, to: number): void;
}
