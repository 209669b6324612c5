import type { App } from "../../../core/app";
import { invalid, isPaasError } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import { isDeployRef, noCommit, type PushOutput, type RefAnswer, type RefUpdate } from "../../../core/push";
import { shellWord } from "../../../core/shell-word";
import { complaint, detail, heading } from "../../../core/transcript";
import type { Context } from "../context";
import type { Deploy } from "../deploys/deploys";
import { mayMove } from "../deploys/may-move";
import { narrateDeploy } from "../deploys/narrate-deploy";
import { noticeOf } from "../releases/bake";
import { checkSource, queueBuild } from "./queue-build";

/**
 * Answers each ref of a push: deploy branches are built and released before they move; others are stored.
 * The signal says that the pusher has gone: the deploy goes on without him.
 */
export async function receivePush(
  ctx: Context,
  actor: Actor,
  app: App,
  updates: RefUpdate[],
  output: PushOutput,
  signal: AbortSignal,
): Promise<RefAnswer[]> {
  const deploys = updates.filter((update) => isDeployRef(update.ref));
  const answers = updates.filter((update) => !isDeployRef(update.ref)).map((update) => store(update, output));
  if (new Set(deploys.map((update) => update.newCommit)).size > 1)
    return [...answers, ...deploys.map(({ ref }) => refusal(ref, "push main or master, not both at once"))];
  const [first, ...others] = deploys;
  if (!first) return answers;
  const answer = await deploy(ctx, actor, app, first, output, signal);
  return [...answers, answer, ...others.map(({ ref }) => sameAs(answer, ref))];
}

function store(update: RefUpdate, output: PushOutput): RefAnswer {
  if (update.newCommit !== noCommit)
    output.write(
      heading("Pushed to non-deploy branch, skipping build.") +
        detail(`To deploy it: git push paas ${shellWord(`${sourceOf(update.ref)}:main`)}`),
    );
  return { ref: update.ref, ok: true, moved: false };
}

/** A tag may be an object of its own: a branch takes only the commit it names. */
function sourceOf(ref: string): string {
  const name = ref.replace(/^refs\/(heads|tags)\//, "");
  return ref.startsWith("refs/tags/") ? `${name}^{commit}` : name;
}

const refusal = (ref: string, reason: string): RefAnswer => ({ ref, ok: false, reason });

/** The other name of the deploy branch, pushed along with the same commit: git moves it when the deploy went well. */
const sameAs = (answer: RefAnswer, ref: string): RefAnswer =>
  answer.ok ? { ref, ok: true, moved: false } : { ...answer, ref };

async function deploy(
  ctx: Context,
  actor: Actor,
  app: App,
  update: RefUpdate,
  output: PushOutput,
  signal: AbortSignal,
): Promise<RefAnswer> {
  const { ref, newCommit } = update;
  if (newCommit === noCommit)
    return refusal(ref, "the deploy branch cannot be deleted; paas destroy removes the app");
  const from = performance.now();
  const notice = await noticeOf(ctx, actor, app);
  if (notice) output.write(complaint(notice));
  try {
    await checkCommit(ctx, app, update);
    const same = sameUnderWay(ctx, app, update);
    if (same) output.write(heading("This commit is being deployed already: following that"));
    const { oldCommit } = update;
    const parts = { ref, commit: newCommit, oldCommit, upload: null };
    const under = same ?? (await queueBuild(ctx, actor, app, parts, from));
    const end = await narrateDeploy(ctx, app, under, output, signal);
    return end.ok ? { ref, ok: true, moved: true } : refusal(ref, firstLine(end.reason));
  } catch (error) {
    if (!isPaasError(error)) throw error;
    output.write(complaint(error.message));
    return refusal(ref, firstLine(error.message));
  }
}

/** The same push again, of somebody whose connection was lost (or whose server died): one deploy of it is enough. */
function sameUnderWay(ctx: Context, app: App, { ref, newCommit }: RefUpdate): Deploy | null {
  const newest = ctx.deploys.newestOf(app.id);
  return newest?.build.commit === newCommit && newest.build.ref === ref ? newest : null;
}

/** What git tells in one line: without a last sentence that leads into lines to come. */
const firstLine = (text: string): string =>
  (text.split("\n")[0] ?? "").replace(/\. [^.]*:$/, ".").slice(0, 200);

/** What can be refused before anything is built. */
async function checkCommit(ctx: Context, app: App, update: RefUpdate): Promise<void> {
  const { newCommit: commit, oldCommit, ref } = update;
  const [isCommit, tip] = await Promise.all([
    ctx.repositories.hasCommit(app.id, commit),
    ctx.repositories.tip(app.id, ref),
  ]);
  if (!isCommit)
    throw invalid("The deploy branch must point to a commit. Push a branch, or tag^{commit}:main.");
  if (!(await mayMove(ctx.repositories, { appId: app.id, commit, oldCommit, ref }, tip)))
    throw invalid("fetch first: the branch has moved meanwhile");
  await checkSource(ctx, app, commit);
}
