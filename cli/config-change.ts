import type { ConfigView, ReleaseView } from "../core/wire";
import { release, releaseWish, undoHint } from "./follow-release";
import { nextBuild } from "./next-build";
import { Progress } from "./progress";
import { appPath, type Session } from "./session";

interface ChangeFlags {
  build?: true;
  "no-release-phase"?: true;
}

/** Sets and unsets (null) config vars of what runs, by one release, or of builds. */
export async function changeConfigVars(
  session: Session,
  verb: string,
  changes: Record<string, string | null>,
  flags: ChangeFlags,
): Promise<void> {
  const app = await session.app();
  if (flags.build) return changeBuildConfig(session, app, verb, changes);
  const names = Object.keys(changes).join(", ");
  const made = await release(session, app, `${verb} ${names} and restarting ${app}`, () =>
    session.api.patch<ReleaseView>(configPath(app), releaseWish({ changes }, flags)),
  );
  session.note(...undoHint(made, app));
}

/** What runs is untouched. */
async function changeBuildConfig(
  session: Session,
  app: string,
  verb: string,
  changes: Record<string, string | null>,
): Promise<void> {
  const names = Object.keys(changes).join(", ");
  await Progress.of(session.world, `${verb} ${names} for builds of ${app}`, () =>
    session.api.patch<ConfigView>(configPath(app, true), { changes }),
  );
  session.note(nextBuild(app));
}

/** The path of an app's config: of what runs, or of builds. */
export const configPath = (app: string, build?: true): string =>
  appPath(app, build ? "/build-config" : "/config");
