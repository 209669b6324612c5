/** What stands for a secret in whatever people read. */
export const masked = "[masked]";

/** Shorter values are too common to be masked: half of all words would go. */
const leastLength = 5;

/** Takes secrets out of a text that comes in pieces. */
export interface Mask {
  /** The part of all text so far that can be shown by now; what may be the beginning of a secret is held back. */
  push(text: string): string;
  /** What was held back. */
  end(): string;
}

/** Values whose every occurrence is masked; of one with several lines, each line too, and all of it as programs write it in addresses and JSON. */
export function maskFor(values: Iterable<string>): () => Mask {
  const forms = [...values].flatMap((value) => [value, ...value.split(/\r?\n/), ...encodedForms(value)]);
  const secrets = [...new Set(forms)].filter(({ length }) => length >= leastLength);
  secrets.sort((a, b) => b.length - a.length);
  return () => {
    let held = "";
    return {
      push(text) {
        const all = held + text;
        const end = boundary(all, secrets);
        held = all.slice(end);
        return replaced(all.slice(0, end), secrets);
      },
      end() {
        const rest = held;
        held = "";
        return replaced(rest, secrets);
      },
    };
  };
}

const encodedForms = (value: string): string[] => [
  encodeURIComponent(Buffer.from(value).toString()),
  JSON.stringify(value).slice(1, -1),
  Buffer.from(value).toString("base64"),
];

const replaced = (text: string, secrets: string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, masked), text);

/** How far a text can be shown: not what could be a secret's beginning, nor into the middle of a whole one. */
function boundary(text: string, secrets: string[]): number {
  let end = text.length;
  for (const secret of secrets)
    for (let length = Math.min(secret.length - 1, text.length); length > text.length - end; length -= 1)
      if (text.endsWith(secret.slice(0, length))) end = text.length - length;
  for (;;) {
    const cut = secrets
      .map((secret) => text.lastIndexOf(secret, end - 1))
      .find((at, index) => at >= 0 && at < end && at + (secrets[index]?.length ?? 0) > end);
    if (cut === undefined) return end;
    end = cut;
  }
}
