import type { ConfigView } from "../core/wire";
import { Progress } from "./progress";
import { appPath, type Session } from "./session";

/** Changes what the next builds get; what runs is untouched. */
export async function changeBuildConfig(
  session: Session,
  app: string,
  verb: string,
  changes: Record<string, string | null>,
): Promise<void> {
  const names = Object.keys(changes).join(", ");
  const path = appPath(app, "/build-config");
  await Progress.of(session.world, `${verb} ${names} for builds of ${app}`, () =>
    session.api.patch<ConfigView>(path, { changes }),
  );
  session.note("The next build gets it: git push paas main");
}

/** The path of an app's config: of what runs, or of builds. */
export const configPath = (app: string, build: true | undefined): string =>
  appPath(app, build ? "/build-config" : "/config");
