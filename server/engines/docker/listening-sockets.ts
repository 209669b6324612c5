/** The engine's name server listens inside each container of a user network; nobody asked for it. */
const engineNameServer = "127.0.0.11";
const listenState = "0A";

/**
 * Reads `/proc/net/tcp` and `/proc/net/tcp6` (one text, headings and all): addresses that something listens on, like `127.0.0.1:3000` or
 * `[::]:5000`, sorted by port.
 */
export function listeningSockets(procNet: string): string[] {
  const found = new Map<string, number>();
  for (const line of procNet.split("\n")) {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const [hex = "", portHex = ""] = local.split(":");
    if (state !== listenState || !/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(hex)) continue;
    const address = hex.length === 8 ? ipv4(hex) : ipv6(hex);
    if (address !== engineNameServer)
      found.set(`${address}:${Number.parseInt(portHex, 16)}`, Number.parseInt(portHex, 16));
  }
  return [...found].sort(([, a], [, b]) => a - b).map(([text]) => text);
}

/** Each 32-bit word is in the machine's (little-endian) order. */
const bytesOf = (word: string): string[] => (word.match(/../g) ?? []).reverse();

const ipv4 = (hex: string): string =>
  bytesOf(hex)
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");

function ipv6(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  if (words[0] === "00000000" && words[1] === "00000000" && words[2] === "FFFF0000")
    return ipv4(words[3] ?? "");
  const groups = (words.flatMap(bytesOf).join("").match(/.{4}/g) ?? []).map((group) =>
    Number.parseInt(group, 16).toString(16),
  );
  const host = new URL(`http://[${groups.join(":")}]/`).hostname;
  return host;
}
