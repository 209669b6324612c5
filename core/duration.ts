import { invalid } from "./error";

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof units;

/** `30s`, `10m`, `1h` -> milliseconds; a bare number is seconds. Throws `invalid` that says the form. */
export function parseDuration(word: string): number {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)?$/.exec(word) ?? [];
  if (digits === undefined)
    throw invalid(`${JSON.stringify(word.slice(0, 20))} is not a duration: write 30s, 10m or 1h.`);
  return Number(digits) * units[(unit ?? "s") as Unit];
}

/** Milliseconds as a word that `parseDuration` takes, in the greatest whole unit. */
export function formatDuration(ms: number): string {
  const names: Unit[] = ["h", "m", "s"];
  const unit = names.find((name) => ms >= units[name] && ms % units[name] === 0) ?? (ms === 0 ? "s" : "ms");
  return `${ms / units[unit]}${unit}`;
}
