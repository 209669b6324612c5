/** `2026/11/20 10:00:00 +0000 (~ 1h ago)`, in UTC. */
export const when = (iso: string, now: Date): string =>
  `${instant(iso)} (~ ${ago(now.getTime() - new Date(iso).getTime())} ago)`;

/** `2026/11/20 10:00:00 +0000`, in UTC. */
export function instant(iso: string): string {
  const [day = "", time = ""] = new Date(iso).toISOString().split("T");
  return `${day.replaceAll("-", "/")} ${time.slice(0, 8)} +0000`;
}

const units: [name: string, ms: number][] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
];

function ago(ms: number): string {
  const [name, unit] = units.find(([, size]) => ms >= size) ?? ["s", 1_000];
  return `${Math.max(0, Math.floor(ms / unit))}${name}`;
}

/** `expires 2026/11/20 10:00:00 +0000 (in 60d)`, in UTC. */
export function until(iso: string, now: Date): string {
  const left = new Date(iso).getTime() - now.getTime();
  return left > 0 ? `expires ${instant(iso)} (in ${ago(left)})` : `EXPIRED ${instant(iso)}`;
}
