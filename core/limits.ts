import { invalid } from "./error";
import { defaultLimits, type Formation, type Limits } from "./formation";

/** Stands for all process types that have no limits of their own. */
const anyType = "*";

/** Words of `resource:limit`, as people write them. */
export interface LimitWords {
  memory?: string | undefined;
  cpu?: string | undefined;
  pids?: string | undefined;
  disk?: string | undefined;
}

const units: Record<string, number> = { "": 1, m: 1, mb: 1, g: 1024, gb: 1024 };

/** `512m`, `2g`, `512` (MB) of memory or disk; `0.5` CPUs (0: no limit); `256` processes. Throws `invalid` that says what may stand there. */
export function parseLimits({ memory, cpu, pids, disk }: LimitWords): Partial<Limits> {
  return {
    ...(memory === undefined ? {} : { memoryMb: megabytesOf("memory", memory) }),
    ...(cpu === undefined ? {} : { cpus: cpusOf(cpu) }),
    ...(pids === undefined ? {} : { pids: pidsOf(pids) }),
    ...(disk === undefined ? {} : { diskMb: megabytesOf("disk", disk) }),
  };
}

function megabytesOf(what: "memory" | "disk", word: string): number {
  const [, digits, unit] = /^(\d{1,7})\s*([mg]b?)?$/i.exec(word) ?? [];
  const megabytes = Number(digits) * (units[(unit ?? "").toLowerCase()] ?? Number.NaN);
  if (digits === undefined || megabytes < 16 || megabytes > 1024 * 1024)
    throw invalid(`${JSON.stringify(word)} is no ${what} limit: write 16m to 1024g, e.g. 512m or 2g.`);
  return megabytes;
}

function cpusOf(word: string): number {
  const cpus = /^\d{1,4}(\.\d{1,3})?$/.test(word) ? Number(word) : Number.NaN;
  if (!(cpus === 0 || (cpus >= 0.01 && cpus <= 1024)))
    throw invalid(`${JSON.stringify(word)} is no CPU limit: write 0.01 to 1024, e.g. 0.5; 0 is no limit.`);
  return cpus;
}

function pidsOf(word: string): number {
  const pids = /^\d{1,7}$/.test(word) ? Number(word) : Number.NaN;
  if (!(pids >= 16 && pids <= 1_000_000))
    throw invalid(`${JSON.stringify(word)} is no limit of processes: write 16 to 1000000, e.g. 256.`);
  return pids;
}

/** Limits changed for one type; without a type for all there are and will be. */
export function changeLimits(
  formation: Formation,
  change: Partial<Limits>,
  type: string | undefined,
): Formation {
  const { limits } = formation;
  const types =
    type === undefined ? [anyType, ...Object.keys(limits).filter((one) => one !== anyType)] : [type];
  const changed = types.map((one) => [
    one,
    { ...defaultLimits, ...(limits[one] ?? limits[anyType]), ...change },
  ]);
  return { ...formation, limits: { ...limits, ...Object.fromEntries(changed) } };
}

/** Why something is stopped, with its figure. */
export const overDiskText = ({ usedMb, limitMb }: { usedMb: number; limitMb: number }): string =>
  `over its disk limit (${usedMb} MB kept, limit ${limitMb} MB)`;

/** `--memory 512m --cpu 0.5 --pids 256 --disk 2048m`: what can be fed back in. */
export const limitFlags = ({ memoryMb, cpus, pids, diskMb }: Limits): string =>
  `--memory ${memoryMb}m --cpu ${cpus} --pids ${pids} --disk ${diskMb}m`;
