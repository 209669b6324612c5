/** Bytes of HTTP/1.1's grammar (RFC 9110, 5.5 and 5.6.2; RFC 9112, 3), looked up once a byte. */

export const tab = 0x09;
export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const colon = 0x3a;
export const dash = 0x2d;
export const underscore = 0x5f;

/** A byte of a token in the spelling in which names are compared: lower case, `_` as `-`. 0 for what no token holds. */
export const nameByte = table((byte) => {
  const char = String.fromCharCode(byte);
  if (!/[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(char)) return 0;
  return byte === underscore ? dash : char.toLowerCase().charCodeAt(0);
});

/** 1 for what a field's value, or a reason phrase, may hold. Bare CR, LF, NUL and other controls are not among it. */
export const valueByte = table((byte) => Number(byte === tab || (byte >= space && byte !== 0x7f)));

/** 1 for what a request's target may hold. Raw UTF-8 is, since curl sends it; a fragment never belongs there. */
export const targetByte = table((byte) => Number(byte > space && byte !== 0x7f && byte !== 0x23));

/** The digit's value plus 1; 0 for what is no hexadecimal digit. */
export const hexDigit = table((byte) => Number.parseInt(String.fromCharCode(byte), 16) + 1 || 0);

/** The byte at an offset that the caller keeps within bounds. */
export const at = (bytes: Uint8Array, offset: number): number => bytes[offset] as number;

/** The entry of a table, which has one for every byte. */
export const of = (bytes: Uint8Array, byte: number): number => bytes[byte] as number;

function table(entry: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => entry(byte));
}
