/** `2026/11/20 10:00:00 +0000 (~ 1h ago)`, in UTC. */
export function when(iso: string, now: Date): string {
  const at = new Date(iso);
  const [day = "", time = ""] = at.toISOString().split("T");
  return `${day.replaceAll("-", "/")} ${time.slice(0, 8)} +0000 (~ ${ago(now.getTime() - at.getTime())} ago)`;
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
