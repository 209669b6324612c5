/** One DER element: tag, length, contents. */
export function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const size = body.length.toString(16);
  const bytes = Buffer.from(size.length % 2 === 0 ? size : `0${size}`, "hex");
  const length = body.length < 128 ? bytes : Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}

export const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
export const set = (...parts: Buffer[]): Buffer => der(0x31, ...parts);
export const octets = (content: Buffer): Buffer => der(0x04, content);
export const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
/** A bit string of whole bytes. */
export const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);

/** 1.2.840.10045.4.3.2 */
export const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));

/** subjectAltName (2.5.29.17) with DNS names, as an extension. */
export const subjectAltName = (hostnames: readonly string[]): Buffer =>
  sequence(
    oid("551d11"),
    octets(sequence(...hostnames.map((hostname) => der(0x82, Buffer.from(hostname, "ascii"))))),
  );
