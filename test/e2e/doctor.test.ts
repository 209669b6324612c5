import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Docker from "dockerode";
import { dataPaths } from "../../core/data-paths";
import { type DoctorReport, doctorChecks } from "../../core/doctor";
import { baseImage } from "../support/base-image";
import { startPlatform, type TestPlatform } from "../support/platform";
import { dockerApp, Project } from "../support/project";

jest.setTimeout(180_000);

const docker = new Docker();
let platform: TestPlatform;
let shop: Project;

beforeAll(async () => {
  platform = await startPlatform();
  shop = await Project.create(platform, "shop");
  await shop.commit(await dockerApp("hello"));
  await shop.push("main");
});
afterAll(() => platform.stop());

async function doctor(...flags: string[]): Promise<DoctorReport & { exitCode: number }> {
  const { stdout, exitCode } = await platform.cli(["doctor", "--json", ...flags]);
  return { ...(JSON.parse(stdout) as DoctorReport), exitCode: exitCode ?? -1 };
}

/** Of what the machine itself (its disk, its memory, other platforms) has no say in. */
const troubles = ({ findings }: DoctorReport): string[] =>
  findings
    .filter(({ check, severity }) => severity !== "ok" && !["disk", "memory", "address pool"].includes(check))
    .map(({ check, what }) => `${check}: ${what}`);

const runningInstances = () =>
  docker.listContainers({
    filters: { label: [`paas.platform=${platform.id}`, "paas.kind=instance"] },
  });

test("finds nothing on a platform that is well, and tells all it looked at", async () => {
  const report = await doctor();
  expect(troubles(report)).toEqual([]);
  // Those two are looked at from outside only, when there is no server to ask.
  const asked = doctorChecks.filter((check) => check !== "supervisor" && check !== "server");
  expect([...new Set(report.findings.map(({ check }) => check))].sort()).toEqual(asked.toSorted());
  expect((await platform.cli(["doctor"])).stdout).toContain("live-restore");
});

test("finds what nobody owns, and mends it when told to", async () => {
  const labels = { "paas.platform": platform.id, "paas.app": "gone" };
  const Image = await baseImage();
  const instance = { ...labels, "paas.kind": "instance", "paas.instance": "lost" };
  const container = await docker.createContainer({ Image, Cmd: ["sleep", "1"], Labels: instance });
  const Name = `paas-${platform.id}-gone`;
  const network = await docker.createNetwork({ Name, Labels: { ...labels, "paas.kind": "network" } });
  const { sources, repositories } = dataPaths(platform.dataDir);
  const old = new Date(Date.now() - 86_400_000);
  const appId = (await runningInstances())[0]?.Labels["paas.app"] ?? "";
  const heads = join(repositories, `${appId}.git`, "refs/heads");
  mkdirSync(heads, { recursive: true });
  for (const file of [join(sources, "over.tar"), join(heads, "other.lock")]) {
    writeFileSync(file, "x");
    utimesSync(file, old, old);
  }

  expect(troubles(await doctor())).toEqual([
    "orphans: the created container of instance lost (app gone) is in no ledger",
    "orphans: a network of app gone, which is gone",
    expect.stringMatching(/^archives: 1 source archive/),
    expect.stringMatching(/^locks: refs\/heads\/other.lock/),
  ]);
  const fixed = await doctor("--fix");
  expect(troubles(fixed)).toEqual([]);
  expect(fixed.fixed).toHaveLength(4);
  await expect(container.inspect()).rejects.toMatchObject({ statusCode: 404 });
  await expect(network.inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect((await shop.page()).body).toBe("hello");
});

test("a routed instance that somebody removed leaves the table, and another serves", async () => {
  const [lost] = await runningInstances();
  await docker.getContainer(lost?.Id ?? "").remove({ force: true });
  while ((await shop.page()).status !== 200) await delay(50);
  const [next] = await runningInstances();
  expect(next?.Id).not.toBe(lost?.Id);
  expect(troubles(await doctor())).toEqual([]);
});

test("looks at the machine when the platform is down", async () => {
  await platform.supervise(["down"]);
  const report = await doctor();
  expect(report.exitCode).toBe(1);
  expect(report.findings.filter(({ severity }) => severity === "error").map(({ check }) => check)).toEqual(
    expect.arrayContaining(["supervisor", "server", "routes"]),
  );
  expect(report.findings).toContainEqual(expect.objectContaining({ check: "engine", severity: "ok" }));
});
