import { tmpdir } from "node:os";

const prefix = "paas-engine-";

/** Everything an own engine leaves on the machine is named or numbered after its number, so that it can be found and removed by it alone. */
export interface EngineNames {
  number: number;
  dir: string;
  disk: string;
  data: string;
  exec: string;
  socket: string;
  log: string;
  namespace: string;
  cgroup: string;
  /** Ends of the cable between host and namespace: names of at most 15 characters. */
  hostEnd: string;
  engineEnd: string;
  hostAddress: string;
  engineAddress: string;
  /** For PAAS_ADDRESS_POOL: four networks of /26. Reached by a table of its own, since the main one would count as used. */
  pool: string;
  table: string;
}

export function engineNames(number: number): EngineNames {
  const dir = `${tmpdir()}/${prefix}${number}`;
  return {
    number,
    dir,
    disk: `${dir}/disk.img`,
    data: `${dir}/data`,
    exec: `${dir}/exec`,
    socket: `${dir}/docker.sock`,
    log: `${dir}/dockerd.log`,
    namespace: `${prefix}${number}`,
    cgroup: `${prefix}${number}`,
    hostEnd: `paas-eh${number}`,
    engineEnd: `paas-ee${number}`,
    hostAddress: `10.230.${number}.1`,
    engineAddress: `10.230.${number}.2`,
    pool: `10.231.${number}.0/24`,
    table: String(23000 + number),
  };
}

/** The number in a directory's name; undefined for any other directory. */
export function numberOf(directory: string): number | undefined {
  const digits = new RegExp(`^${prefix}(\\d+)$`).exec(directory)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
