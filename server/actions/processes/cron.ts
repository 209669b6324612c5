import type { App } from "../../../core/app";
import { type CronJob, nextDue } from "../../../core/cron";
import { messageOf, notFound, PaasError } from "../../../core/error";
import { newId } from "../../../core/id";
import { type Launch, launch, oneOffLaunch } from "../../../core/launch";
import type { Run } from "../../../core/one-off";
import type { Actor } from "../../../core/policy";
import type { ProcessTypes } from "../../../core/release";
import type { CronView } from "../../../core/wire";
import { cronPlace } from "../../scheduler/cron/cron-loop";
import type { NewRun } from "../../store/runs";
import type { Schedule } from "../../store/schedules";
import type { Context } from "../context";
import { prepareRun } from "./prepare-run";

/** The schedule of the newest proven release, with the next due times. */
export async function listCron(ctx: Context, app: App, now: Date): Promise<CronView[]> {
  const [schedule] = await ctx.store.schedules.proven(app.id);
  return (schedule?.jobs ?? []).map((job, index) => ({
    name: cronPlace(index + 1),
    ...job,
    nextAt: nextDue(job, now)?.toISOString() ?? null,
  }));
}

/** Starts the job of that number now; throws `busy` while it runs and must not overlap. */
export async function runCron(ctx: Context, actor: Actor, app: App, number: number): Promise<Run> {
  const [schedule] = await ctx.store.schedules.proven(app.id);
  const job = schedule?.jobs[number - 1];
  if (!schedule || !job)
    throw notFound(`${app.name} has no scheduled command ${number}: see paas cron -a ${app.name}.`);
  const wish = wishOf(schedule, number, job, actor.name, null);
  if (job.overlap === "forbid" && (await isUnderWay(ctx, wish)))
    throw new PaasError(
      "busy",
      `${wish.name} is still under way: wait for it, or paas run:stop ${wish.name}.`,
    );
  return start(ctx, app, job, wish);
}

/** Starts what is due, once for each due time, or records why not. */
export async function startDue(ctx: Context, schedule: Schedule, number: number, dueAt: Date): Promise<void> {
  const [app, job] = [await ctx.store.apps.byId(schedule.appId), schedule.jobs[number - 1]];
  if (!app || !job) return;
  const wish = wishOf(schedule, number, job, "cron", dueAt);
  if (job.overlap === "forbid" && (await isUnderWay(ctx, wish))) {
    if (await ctx.store.runs.leaveOut(wish, "skipped"))
      await say(ctx, wish, `Skipped: the run before it is still under way (paas run:list)`);
    return;
  }
  try {
    await start(ctx, app, job, wish);
  } catch (error) {
    if (await ctx.store.runs.leaveOut(wish, "not started"))
      await say(
        ctx,
        wish,
        `Was not started: ${error instanceof PaasError ? error.message : "internal error"}`,
      );
    ctx.log.warn({ app: app.id, cron: wish.name, err: messageOf(error) }, "a scheduled run did not start");
  }
}

async function start(ctx: Context, app: App, job: CronJob, wish: NewRun): Promise<Run> {
  const prepared = await prepareRun(ctx, app, (types) => launchOf(job.command, types));
  const run = await ctx.store.runs.create(wish);
  if (!run) throw new PaasError("conflict", `${wish.name} was started for that time already.`);
  // The run is in the ledger: a log that cannot be written to must not leave it there without a container.
  await say(ctx, wish, `Starting ${JSON.stringify(job.command)}`).catch((error: unknown) =>
    ctx.log.warn({ app: app.id, cron: wish.name, err: messageOf(error) }, "the log has no line of its start"),
  );
  await ctx.oneOffs.detach(run, prepared.specFor(run));
  return run;
}

/** A process type's name stands for its command; anything else is a command line as in a Procfile. */
const launchOf = (command: string, types: ProcessTypes): Launch =>
  Object.hasOwn(types, command.trim()) ? oneOffLaunch([command.trim()], types) : launch(command);

const wishOf = (
  { appId, version }: Schedule,
  number: number,
  { command }: CronJob,
  actor: string,
  dueAt: Date | null,
): NewRun => ({ id: newId(), appId, name: cronPlace(number), kind: "cron", command, version, actor, dueAt });

/** By its command: a new release may have put it at another place of the schedule. */
const isUnderWay = async (ctx: Context, { appId, command }: NewRun): Promise<boolean> =>
  (await ctx.store.runs.open(appId)).some((run) => run.kind === "cron" && run.command === command);

const say = (ctx: Context, { appId, name }: NewRun, text: string): Promise<void> =>
  ctx.logs.append(appId, [{ at: new Date(), from: "paas", place: name, text }]);
