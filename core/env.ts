import { invalid } from "./error";

/** A value that no log, error text or JSON shows; `reveal` is the only way to it. */
export class Sensitive<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return "[redacted]";
  }
  toJSON(): string {
    return "[redacted]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted]";
  }
}

/** Config vars of one release: name -> value, values verbatim. */
export type Config = Sensitive<Record<string, string>>;

export const emptyConfig = (): Config => new Sensitive({});

/** Throws `invalid` when all that is to be unset (null) is not set anyway. */
export function checkUnset(config: Config, changes: Record<string, string | null>): void {
  const names = Object.keys(changes);
  if (names.some((name) => changes[name] !== null || Object.hasOwn(config.reveal(), name))) return;
  throw invalid(`${names.join(", ")} ${names.length === 1 ? "is" : "are"} not set: nothing was changed.`);
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What the kernel takes: 128 KiB for one `NAME=value` and its end; a quarter of the stack limit for all, of which this is half. */
const maxEntryBytes = 128 * 1024 - 1;
const maxConfigBytes = 1024 * 1024;

const entryBytes = (name: string, value: string): number => Buffer.byteLength(`${name}=${value}`);

/** Checks a config var's name and value; throws `invalid` (which never shows the value). */
export function checkConfigVar(name: string, value: string): void {
  if (!namePattern.test(name))
    throw invalid(
      `${JSON.stringify(name)} is not a config var name: use letters, digits and _, not starting with a digit.`,
    );
  if (name === "PORT") throw invalid("PORT is set by the platform and cannot be a config var.");
  if (value.includes("\0"))
    throw invalid(`The value of ${name} holds a NUL byte, which no environment can carry.`);
  if (entryBytes(name, value) > maxEntryBytes)
    throw invalid(`${name} and its value are over ${maxEntryBytes} bytes: keep large data out of config.`);
}

/** Splits `K=V` at the first `=`; throws `invalid` with Heroku's words when there is none. */
export function parseAssignment(word: string): [name: string, value: string] {
  const at = word.indexOf("=");
  if (at < 1) throw invalid(`${word.slice(0, 40)} is invalid. Must be in the format FOO=bar.`);
  return [word.slice(0, at), word.slice(at + 1)];
}

/** Applies changes (null unsets) to a config, checked; the result's keys are sorted. */
export function changeConfig(config: Config, changes: Record<string, string | null>): Config {
  const next = { ...config.reveal() };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete next[name];
    else {
      checkConfigVar(name, value);
      next[name] = value;
    }
  }
  const total = Object.entries(next).reduce((sum, [name, value]) => sum + entryBytes(name, value), 0);
  if (total > maxConfigBytes)
    throw invalid(
      `All config vars together are over ${maxConfigBytes} bytes: keep large data out of config.`,
    );
  return new Sensitive(Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1))));
}
