import { PaasError } from "../core/error";
import type { FollowLine, ReleaseView } from "../core/wire";
import { bakeText } from "./bake-text";
import { persist } from "./persist";
import { Progress } from "./progress";
import { appPath, type Session } from "./session";

/** Makes a release and waits for its end: `<text>... <outcome>, v10`, or its reason and exit code 11. */
export async function release(
  session: Session,
  app: string,
  text: string,
  make: () => Promise<ReleaseView>,
  outcome = (): string => "done",
): Promise<ReleaseView> {
  const made = await unlessLeft(session, app, () =>
    Progress.of(
      session.world,
      text,
      async (progress) => settle(session, app, await make(), progress),
      ({ version }) => `${outcome()}, v${version}`,
    ),
  );
  if (made.bake?.state === "baking")
    session.note(`v${made.version} ${bakeText(made.bake, session.world.now())}: paas ps:bake -a ${app}`);
  return made;
}

/** Ctrl-C stops nothing but our watching. */
async function unlessLeft<T>({ world }: Session, app: string, act: () => Promise<T>): Promise<T> {
  const forget = world.lastWords(`What was begun goes on: paas releases -a ${app} shows how it ends.`);
  try {
    return await act();
  } finally {
    forget();
  }
}

async function settle(
  session: Session,
  app: string,
  made: ReleaseView,
  progress: Progress,
): Promise<ReleaseView> {
  const settled = made.state === "pending" ? await follow(session, app, made.version, progress) : made;
  if (settled.state !== "failed") return settled;
  const reason = settled.failure ?? "no reason was given";
  throw new PaasError(
    "release_failed",
    `v${settled.version} failed: ${reason}\nWhat ran before goes on running, and the config is as it was.`,
  );
}

/** Watching is repeated when the connection is lost: the release goes on without us. */
function follow(session: Session, app: string, version: number, progress: Progress): Promise<ReleaseView> {
  return persist(async () => {
    for await (const news of session.api.lines<FollowLine>(appPath(app, `/releases/${version}/follow`))) {
      if ("release" in news) return news.release;
      if ("line" in news) progress.show(news.line);
    }
    throw new PaasError("unavailable", `The connection was lost. v${version} goes on: see paas releases.`);
  });
}

/** How to take a release back, said after making it. */
export function undoHint(made: ReleaseView, app: string): string[] {
  return made.parentVersion === null ? [] : [`To undo: paas rollback v${made.parentVersion} -a ${app}`];
}

/** A request that makes a release, with what the flags wish of it. */
export const releaseWish = <B extends object>(
  body: B,
  flags: { "no-release-phase"?: true },
): B & { noReleasePhase?: true } => (flags["no-release-phase"] ? { ...body, noReleasePhase: true } : body);
