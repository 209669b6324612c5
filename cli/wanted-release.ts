import { notFound } from "../core/error";
import type { ReleaseView } from "../core/wire";
import { appPath, type Session } from "./session";
import { versionNumber } from "./version-number";

/** The version of a release: the one named, else the newest. Throws `not_found` when there is none. */
export async function wantedRelease(
  session: Session,
  app: string,
  word: string | undefined,
): Promise<number> {
  if (word !== undefined) return versionNumber(word);
  const [newest] = await session.api.get<ReleaseView[]>(appPath(app, "/releases?limit=1"));
  if (!newest) throw notFound(`${app} has no releases yet. Make the first: git push paas main`);
  return newest.version;
}
