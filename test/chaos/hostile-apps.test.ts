import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { dataPaths } from "../../core/data-paths";
import { labels } from "../../core/image";
import type { InstanceView } from "../../core/wire";
import { FaultRig } from "../support/fault-rig";
import { dockerOf } from "../support/ledger-invariants";
import { dockerApp } from "../support/project";

jest.setTimeout(180_000);

const forever = "sleep 1 while 1";
/** What `shop` does to its neighbours, by process type. */
const acts = {
  stubborn: `$SIG{TERM} = "IGNORE"; ${forever}`,
  forks: `while (1) { sleep 1 if !defined fork }`,
  hungry: `my @x; push @x, "x" x 1048576 while 1`,
  hoarder: `open my $f, ">", "/tmp/hoard"; print $f "x" x 1048576 for 1 .. 512; ${forever}`,
  loud: `my $line = "x" x 1023 . "\\n"; print $line for 1 .. 1048576; print "done\\n"; ${forever}`,
};
type Act = keyof typeof acts;

let rig: FaultRig;
beforeAll(async () => {
  rig = await FaultRig.start();
  const scripts = Object.entries(acts).map(
    ([name, script]) => [`${name}.pl`, `$| = 1; ${script}\n`] as const,
  );
  const { Dockerfile = "", ...files } = await dockerApp("shop");
  const Procfile = ["web", ...Object.keys(acts)]
    .map((name) => `${name}: perl ${name === "web" ? "server" : name}.pl\n`)
    .join("");
  await rig.shop.commit({
    ...files,
    ...Object.fromEntries(scripts),
    Procfile,
    Dockerfile: Dockerfile.replace("COPY ", "COPY *.pl "),
  });
  const { exitCode, stderr } = await rig.shop.push("main");
  if (exitCode !== 0) throw new Error(stderr);
});
afterAll(() => rig?.stop());

/** Begins an act. */
const scaled = (act: Act, quantity: number) => rig.shop.paas("ps:scale", `${act}=${quantity}`);

async function shown(act: Act): Promise<InstanceView | undefined> {
  const { stdout } = await rig.shop.paas("ps", "--json");
  return (JSON.parse(stdout) as InstanceView[]).find(({ type }) => type === act);
}

async function until(act: Act, is: (view: InstanceView) => boolean): Promise<InstanceView> {
  for (;;) {
    const view = await shown(act);
    if (view && is(view)) return view;
    await delay(200);
  }
}

/** The app goes on, its act does not; nobody else has noticed anything. */
async function expectUnharmed(act: Act): Promise<void> {
  await scaled(act, 0);
  await rig.expectConverged(act === "stubborn" ? 60_000 : undefined);
  await rig.flows();
  expect(rig.takeFailures()).toEqual([]);
}

const logsOf = async (app: "steady" | "shop", ...flags: string[]) =>
  (await rig[app].paas("logs", "-n", "200", ...flags)).stdout;

test("one that ignores SIGTERM is killed after its 30 s", async () => {
  await scaled("stubborn", 1);
  await until("stubborn", ({ state }) => state === "up");
  await expectUnharmed("stubborn");
});

test("one that forks without end has the processes it may have, and no more", async () => {
  await rig.shop.paas("resource:limit", "forks", "--pids", "48", "--cpu", "0.3");
  await scaled("forks", 1);
  const processes = async () => {
    const [container] = await containersOf("forks");
    if (!container) return 0;
    const top = await container.top().catch(() => ({ Processes: [] }));
    return top.Processes.length;
  };
  while ((await processes()) < 40) await delay(200);
  await rig.flows();
  expect(await processes()).toBeLessThanOrEqual(48);
  await expectUnharmed("forks");
});

test("one that fills its memory is ended for it, and told so with its limit", async () => {
  await rig.shop.paas("resource:limit", "hungry", "--memory", "64m");
  await scaled("hungry", 1);
  const { reason } = await until("hungry", ({ state }) => state === "crashed");
  expect(reason).toBe("out of memory (R14, limit 64 MB, peak 64 MB)");
  expect(await logsOf("shop", "-p", "hungry")).toContain("Error R14 (Memory quota exceeded)");
  await expectUnharmed("hungry");
});

test("one that fills its disk is stopped, and told so with its figure; what it kept is gone", async () => {
  await rig.shop.paas("resource:limit", "hoarder", "--disk", "64m");
  await scaled("hoarder", 1);
  const { reason } = await until("hoarder", ({ state, reason: why }) => state === "crashed" && why !== null);
  expect(reason).toMatch(/^over its disk limit \(\d{2,3} MB kept, limit 64 MB\)$/);
  expect(await logsOf("shop", "-p", "hoarder")).toContain(`Error (Disk quota exceeded): ${reason}`);
  await expectUnharmed("hoarder");
});

test("one that writes 1 GB to stdout fills no disk, and drowns nobody else's log", async () => {
  await scaled("loud", 1);
  await until("loud", ({ state }) => state === "up");
  for (let marker = 1; marker <= 3; marker += 1) {
    await rig.platform.fetch("steady.localhost", `/marker-${marker}`);
    while (!(await logsOf("steady")).includes(`got /marker-${marker}`)) await delay(200);
  }
  while (!(await logsOf("shop", "-p", "loud")).includes(": done")) await delay(500);
  const { appLogs } = dataPaths(rig.platform.dataDir);
  expect(bytesBelow(join(appLogs, await rig.ledger.appId("shop")))).toBeLessThan(64 * 1024 * 1024);
  await expectUnharmed("loud");
});

async function containersOf(type: Act) {
  const docker = dockerOf(rig.platform);
  const filters = { label: [`${labels.platform}=${rig.platform.id}`, `paas.type=${type}`] };
  return (await docker.listContainers({ filters })).map(({ Id }) => docker.getContainer(Id));
}

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce(
    (sum, name) => sum + statSync(join(folder, name)).size,
    0,
  );
