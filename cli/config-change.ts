import type { ConfigChangeView, ConfigView } from "../core/wire";
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
  let unchanged = false;
  const change = async (): Promise<ConfigChangeView> => {
    const made = await session.api.patch<ConfigChangeView>(configPath(app), releaseWish({ changes }, flags));
    unchanged = made.unchanged === true;
    return made;
  };
  const made = await release(session, app, `${verb} ${names} and restarting ${app}`, change, () =>
    unchanged ? "unchanged" : "done",
  );
  if (unchanged) session.note(`Nothing was restarted; to do that: paas ps:restart -a ${app}`);
  else session.note(...undoHint(made, app));
  session.note(...forBuilds(changes, app));
}

/** Front ends and package managers read these while they build, and there alone. */
const builders = /^(?:VITE|NEXT_PUBLIC|REACT_APP|VUE_APP|GATSBY)_|^NPM_TOKEN$/;

/** Elsewhere builds get the config of what runs. */
function forBuilds(changes: Record<string, string | null>, app: string): string[] {
  const names = Object.keys(changes).filter((name) => changes[name] !== null && builders.test(name));
  if (names.length === 0) return [];
  const words = names.map((name) => `${name}=...`).join(" ");
  return [
    `Builds do not get ${names.join(", ")} this way, but by: paas config:set --build ${words} -a ${app}`,
  ];
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
