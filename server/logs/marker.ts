/**
 * Every batch of lines ends with a marker: a line that begins with a byte no log line can hold. It commits the batch (what follows the last
 * marker is the torn rest of a dead server) and carries how far each source has been read, so that lines and positions can never disagree.
 */
const sign = "\u001e";
const signByte = 0x1e;

/** Source (an instance's id, or another name) -> how far it was read; null forgets the source. */
export type Positions = Record<string, string | null>;

export const renderMarker = (positions: Positions): string => `${sign}${JSON.stringify(positions)}\n`;

export const isMarker = (line: string): boolean => line.startsWith(sign);

/** What a segment's bytes commit: where the last whole batch ends (0: none is whole) and the positions that hold there. */
export function readMarkers(bytes: Buffer): { end: number; positions: Map<string, string> } {
  const positions = new Map<string, string>();
  let end = 0;
  for (let at = bytes.indexOf(signByte); at !== -1; at = bytes.indexOf(signByte, at + 1)) {
    const lineEnd = bytes.indexOf("\n", at);
    if (lineEnd === -1) break;
    const marker = parse(bytes.toString("utf8", at + 1, lineEnd));
    if (marker === null) continue;
    applyPositions(positions, marker);
    end = lineEnd + 1;
  }
  return { end, positions };
}

export function applyPositions(held: Map<string, string>, changes: Positions): void {
  for (const [source, position] of Object.entries(changes)) {
    if (position === null) held.delete(source);
    else held.set(source, position);
  }
}

function parse(json: string): Positions | null {
  try {
    return JSON.parse(json) as Positions;
  } catch {
    // A marker that a power failure left half written commits nothing.
    return null;
  }
}
