import { randomBytes } from "node:crypto";

/**
 * What tells a build's steps from all others on the engine: an address of its own in their /etc/hosts, which the engine writes and nothing
 * inside can change. BuildKit leaves addresses of extra hosts out of its cache's keys, so the cache is shared all the same.
 */
export const markHost = "build.paas.invalid";

/** A random address of fc00::/7, in the form in which every library writes it: no group of it can be shortened. */
export function newMark(): string {
  const random = randomBytes(14);
  const groups = Array.from({ length: 7 }, (_, at) => (random.readUInt16BE(2 * at) | 0x1000).toString(16));
  return ["fd70", ...groups].join(":");
}

/** The mark in the text of a hosts file; null when there is none. */
export function markIn(hosts: string): string | null {
  const line = hosts.split("\n").find((one) => one.trim().split(/\s+/).includes(markHost));
  return line?.trim().split(/\s+/)[0] ?? null;
}
