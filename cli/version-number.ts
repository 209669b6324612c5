import { invalid } from "../core/error";

/** `v12` or `12` -> 12; throws `invalid` for anything else. */
export function versionNumber(word: string): number {
  const [, digits] = /^v?([1-9]\d{0,8})$/.exec(word) ?? [];
  if (digits === undefined)
    throw invalid(
      `${JSON.stringify(word.slice(0, 20))} is not a release: write v12, as paas releases shows it.`,
    );
  return Number(digits);
}
