import { invalid } from "./error";

/** Limits that the engine holds a container to. */
export interface ContainerLimits {
  memoryMb: number;
  /** CPUs, e.g. 0.5; 0 is no limit. */
  cpus: number;
  pids: number;
}

/** Limits of one instance. */
export interface Limits extends ContainerLimits {
  /** What it may keep on disk: its container's own file system and anonymous volumes. Watched, not set on the container. */
  diskMb: number;
}

export const defaultLimits: Limits = { memoryMb: 512, cpus: 0, pids: 512, diskMb: 2048 };

/** How many instances of each process type an app runs, and within which limits. Not part of a release. */
export interface Formation {
  quantities: Record<string, number>;
  /** By process type, or `run`; `*` is for those without their own. What an entry does not name is as by default. */
  limits: Record<string, Partial<Limits>>;
}

export const emptyFormation: Formation = { quantities: {}, limits: {} };

export const limitsFor = (formation: Formation, type: string): Limits => ({
  ...defaultLimits,
  ...(formation.limits[type] ?? formation.limits["*"]),
});

const maxQuantity = 100;

/** Process types of which two instances must never overlap, so that each of their jobs runs once. */
export const singletonTypes = ["clock"];
const scalePattern = /^([\w-]+)([=+-])(\d+)$/;

/** The quantities of an app's first deploy: app.json's where it names a type, else web=1 and nothing of the others. */
export function firstQuantities(
  types: string[],
  wished: Record<string, number> = {},
): Record<string, number> {
  return Object.fromEntries(types.map((type) => [type, wished[type] ?? (type === "web" ? 1 : 0)]));
}

/** The quantity of each process type of a release, which may be newer than the formation. */
export const quantitiesOf = (types: string[], quantities: Record<string, number>): Record<string, number> =>
  Object.fromEntries(types.map((type) => [type, quantities[type] ?? 0]));

/**
 * Applies `ps:scale` words (`web=2`, `worker+1`, `clock-1`) to quantities.
 * Throws `invalid` for a word out of the grammar, an unknown process type or a quantity out of 0..100.
 */
export function applyScale(
  quantities: Record<string, number>,
  words: string[],
  knownTypes: string[],
): Record<string, number> {
  const next = { ...quantities };
  for (const word of words) {
    const match = scalePattern.exec(word);
    if (!match) throw invalid(`${JSON.stringify(word)} is not a scale: write web=2, worker+1 or clock-1.`);
    const [, type = "", sign, digits = "0"] = match;
    if (!knownTypes.includes(type))
      throw invalid(
        knownTypes.length === 0
          ? `There is no process type ${type} yet: deploy first (git push paas main), then scale.`
          : `There is no process type ${type}. This app has: ${knownTypes.join(", ")}.`,
      );
    const by = Number(digits);
    const quantity = sign === "=" ? by : (next[type] ?? 0) + (sign === "+" ? by : -by);
    if (quantity < 0 || quantity > maxQuantity)
      throw invalid(`${type}=${quantity} is out of range: 0 to ${maxQuantity} instances of a process type.`);
    if (quantity > 1 && singletonTypes.includes(type))
      throw invalid(`${type} is a singleton: scale it to 0 or 1.`);
    next[type] = quantity;
  }
  return next;
}
