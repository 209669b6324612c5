import { invalid } from "../../../core/error";

/** A whole number out of an address, in its range; throws `invalid` saying which. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(`${name} is not a whole number from ${least} to ${most}.`);
}
