import { setTimeout as delay } from "node:timers/promises";
import type { RunView } from "../../core/wire";
import { FaultRig } from "../support/fault-rig";

jest.setTimeout(180_000);

const minuteMs = 60_000;
const jobs = [1, 2, 3, 4];

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start();
  const cron = jobs.map((job) => ({ command: `echo "job ${job} ran"`, schedule: "* * * * *" }));
  await rig.shop.commit({ "app.json": JSON.stringify({ cron }) });
  const { exitCode, stderr } = await rig.shop.push("main");
  if (exitCode !== 0) throw new Error(stderr);
});
afterAll(() => rig?.stop());

const nextDue = (): number => Math.ceil((Date.now() + 1_500) / minuteMs) * minuteMs;

/** The runs of a due time, once all of them have ended. */
async function runsOf(due: number): Promise<RunView[]> {
  for (;;) {
    const { stdout, exitCode } = await rig.platform.cli(["run:list", "--all", "--json", "-a", "shop"]);
    const runs = exitCode === 0 ? (JSON.parse(stdout) as RunView[]) : [];
    const its = runs.filter(({ dueAt }) => dueAt === new Date(due).toISOString());
    if (its.length >= jobs.length && its.every(({ endedAt }) => endedAt !== null)) return its;
    await delay(200);
  }
}

/** Resolves when so many runs have begun after an event. */
async function begun(count: number, after: number): Promise<void> {
  const text = "select count(*)::int as count from events where name = 'run:started' and id > $1";
  for (;;) {
    const [row] = await rig.ledger.query<{ count: number }>(text, [after]);
    if ((row?.count ?? 0) >= count) return;
    await delay(3);
  }
}

test.each([
  ["right before a due time", async (due: number) => void (await delay(due - Date.now() - 300))],
  ["when the first run of a due time is recorded", (_: number, after: number) => begun(1, after)],
])("a server that dies %s starts each run of it once, and loses none", async (_, moment) => {
  const due = nextDue();
  const linesBefore = await linesOf();
  await moment(due, await rig.ledger.newestEvent());
  await rig.platform.killRole("server");
  const runs = await runsOf(due);
  expect(runs.map(({ name, outcome, exitCode }) => `${name} ${outcome} ${exitCode}`).sort()).toEqual(
    jobs.map((job) => `cron.${job} exited 0`),
  );
  expect((await linesOf()).slice(linesBefore.length).sort()).toEqual(jobs.map((job) => `job ${job} ran`));
  await rig.expectConverged();
  expect(rig.takeFailures()).toEqual([]);
});

/** What the jobs have said so far. */
async function linesOf(): Promise<string[]> {
  const { stdout } = await rig.shop.paas("cron:logs", "-n", "1000");
  return [...stdout.matchAll(/app\[cron\.\d\]: (job \d ran)$/gm)].map(([, said = ""]) => said);
}
