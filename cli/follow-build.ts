import { notFound, PaasError } from "../core/error";
import type { BuildView, ReleaseView } from "../core/wire";
import { printText } from "./print-text";
import { appPath, type Session } from "./session";

/** The id of a build: the one named, else the newest. Throws `not_found` when there is none. */
export async function wantedBuild(session: Session, app: string, word: string | undefined): Promise<string> {
  if (word !== undefined) return word;
  const [newest] = await session.api.get<BuildView[]>(appPath(app, "/builds?limit=1"));
  if (!newest) throw notFound(`${app} has no builds yet. Make the first: git push paas main`);
  return newest.id;
}

/** How a build ended, and the release it made if it was followed so far. */
interface BuildEnd {
  build: BuildView;
  release?: ReleaseView | null | undefined;
}

/** Prints a build's text as it comes and resolves with how it ended. */
export const printBuild = (session: Session, path: string): Promise<BuildEnd> => printText(session, path);

/** Prints what a build's pusher reads, to the end of its release; throws what makes the exit code when either failed. */
export async function followDeploy(session: Session, app: string, id: string): Promise<ReleaseView | null> {
  const { build, release } = await printBuild(
    session,
    appPath(app, `/builds/${encodeURIComponent(id)}/attach`),
  );
  expectBuilt(build);
  if (release?.state === "failed")
    throw new PaasError(
      "release_failed",
      `v${release.version} failed: ${release.failure ?? "no reason was given"}`,
    );
  return release ?? null;
}

/** Throws what makes the command's exit code when a build did not succeed. */
export function expectBuilt({ status, failure }: BuildView): void {
  if (status !== "succeeded") throw new PaasError("build_failed", failure ?? `The build was ${status}.`);
}
