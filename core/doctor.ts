/** What `paas doctor` looks at, in the order in which it tells. */
export const doctorChecks = [
  "supervisor",
  "server",
  "engine",
  "disk",
  "memory",
  "address pool",
  "clock",
  "database",
  "redis",
  "routes",
  "apps",
  "certificates",
  "orphans",
  "archives",
  "locks",
  "builds",
] as const;
export type DoctorCheck = (typeof doctorChecks)[number];

export const severities = ["ok", "warning", "error"] as const;
export type Severity = (typeof severities)[number];

/** One thing the doctor saw. */
export interface Finding {
  check: DoctorCheck;
  severity: Severity;
  /** What is the case, with its figures. */
  what: string;
  /** What follows from it; null when all is well. */
  meaning: string | null;
  /** What to do about it; null when all is well. */
  remedy: string | null;
  /** Whether `--fix` mends it. */
  fixable: boolean;
}

export interface DoctorReport {
  findings: Finding[];
  /** What `--fix` did, in words. */
  fixed: string[];
}

export const well = (check: DoctorCheck, what: string): Finding => ({
  check,
  severity: "ok",
  what,
  meaning: null,
  remedy: null,
  fixable: false,
});

type Trouble = Pick<Finding, "what"> & { meaning: string; remedy: string; fixable?: boolean };

export const warning = (check: DoctorCheck, trouble: Trouble): Finding => ({
  check,
  severity: "warning",
  fixable: false,
  ...trouble,
});

export const fault = (check: DoctorCheck, trouble: Trouble): Finding => ({
  ...warning(check, trouble),
  severity: "error",
});

/** A person's size: `12.3 GiB`, `640 MiB`. */
export function sizeText(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** Judges the ballast that the databases live on when the disk is full. */
export function judgeBallast(wantedBytes: number, madeBytes: number): Finding {
  if (wantedBytes === 0) return well("disk", "no ballast is wanted (PAAS_BALLAST=0)");
  if (madeBytes >= wantedBytes)
    return well("disk", `a ballast of ${sizeText(wantedBytes)} is kept for the databases`);
  return fault("disk", {
    what: `the ballast of ${sizeText(wantedBytes)} that is kept for the databases is not there`,
    meaning: "The disk was full, or nearly so: they live on what the ballast took, and then stop.",
    remedy: `Free space in the data directory: with ${sizeText(wantedBytes * 2)} free it is made again.`,
  });
}

/** Judges the free space of a file system; below 1 GiB or 2 % builds, logs and databases fail, so below 5 GiB or 10 % it is time to act. */
export function judgeDisk(name: string, path: string, freeBytes: number, totalBytes: number): Finding {
  const share = freeBytes / Math.max(1, totalBytes);
  const what = `${name} ${path}: ${sizeText(freeBytes)} of ${sizeText(totalBytes)} free (${Math.floor(share * 100)} %)`;
  const remedy = "Free space there, or enlarge the disk: docker system df and du -xsh show what takes it.";
  if (freeBytes < 2 ** 30 || share < 0.02)
    return fault("disk", { what, meaning: "Builds, logs and databases stop when it is full.", remedy });
  if (freeBytes < 5 * 2 ** 30 || share < 0.1)
    return warning("disk", { what, meaning: "A few builds can fill it.", remedy });
  return well("disk", what);
}
