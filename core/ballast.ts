export type BallastStep = "make" | "release" | null;

/**
 * What to do about a ballast of which `madeBytes` lie on disk: it is released when less than an eighth of it is free, and made where as much
 * again stays free beside it, so that what its release freed does not make it again at once.
 */
export function ballastStep(wantedBytes: number, madeBytes: number, freeBytes: number): BallastStep {
  if (madeBytes > 0 && (wantedBytes === 0 || freeBytes < wantedBytes / 8)) return "release";
  return madeBytes < wantedBytes && freeBytes + madeBytes >= wantedBytes * 2 ? "make" : null;
}
