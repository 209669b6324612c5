import { mountFields } from "./flags";

/** What caches and secrets are called instead: names that no other app can tell. */
export interface MountNames {
  cache(name: string): string;
  secret(name: string): string;
}

type Fields = ReturnType<typeof mountFields>;

/** The value of a `--mount` with the app's own name in it; null for mounts of other kinds, which stay as they are. */
export function renamedMount(value: string, names: MountNames): string | null {
  const fields = mountFields(value);
  switch (lastOf(fields, "type")?.toLowerCase()) {
    case "cache": {
      // Without an id, its target is its name.
      const name = lastOf(fields, "id") ?? lastOf(fields, ...targets) ?? "";
      return written([...without(fields, "id"), ["id", names.cache(name)]]);
    }
    case "secret": {
      const name = secretName(fields);
      if (name === null) return null;
      const target: Fields = lastOf(fields, ...targets, "env") === null ? [["target", usualPlace(name)]] : [];
      return written([...without(fields, "id", ...sources), ...target, ["id", names.secret(name)]]);
    }
    default:
      return null;
  }
}

/** The secret that a `--mount` asks for; null for mounts of other kinds. */
export function secretOf(value: string): string | null {
  const fields = mountFields(value);
  return lastOf(fields, "type")?.toLowerCase() === "secret" ? secretName(fields) : null;
}

const targets = ["target", "dst", "destination"];
const sources = ["source", "src"];

const secretName = (fields: Fields): string | null =>
  lastOf(fields, ...sources) ??
  lastOf(fields, "id") ??
  lastOf(fields, ...targets)
    ?.split("/")
    .pop() ??
  lastOf(fields, "env");

const usualPlace = (name: string): string => `/run/secrets/${name.split("/").pop()}`;

const lastOf = (fields: Fields, ...names: string[]): string | null =>
  fields.findLast(([name]) => names.includes(name))?.[1] ?? null;
const without = (fields: Fields, ...names: string[]): Fields =>
  fields.filter(([name]) => !names.includes(name));
const written = (fields: Fields): string =>
  fields.map(([name, field]) => (field === null ? name : `${name}=${field}`)).join(",");
