import { dataPaths } from "../core/data-paths";

/** The supervisor's own files. */
export function supervisorPaths(dataDir: string) {
  const { run, roleLogs } = dataPaths(dataDir);
  return {
    lock: `${run}/supervisor.lock`,
    status: `${run}/supervisor.json`,
    log: `${roleLogs}/supervisor.log`,
  };
}
