/** The value in the middle of a list of measurements; the mean of two for an even count. Throws for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = sort(values);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}

/** The smallest measurement that at least 95 % of all do not exceed (nearest rank). Throws for an empty list. */
export const p95 = (values: readonly number[]): number => percentile(values, 0.95);
/** The same for 99 %. */
export const p99 = (values: readonly number[]): number => percentile(values, 0.99);

function percentile(values: readonly number[], share: number): number {
  const sorted = sort(values);
  return at(sorted, Math.ceil(sorted.length * share) - 1);
}

export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits));

const sort = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new Error("No measurements: nothing to summarize.");
  return value;
}
