import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { dataPaths } from "../../core/data-paths";
import { FaultRig } from "../support/fault-rig";
import { Filler } from "../support/filler";
import { OwnEngine } from "../support/own-engine";
import { dockerApp } from "../support/project";
import { SmallDisk } from "../support/small-disk";

jest.setTimeout(180_000);

const ballastMb = 96;

let disk: SmallDisk;
let engine: OwnEngine;
let rig: FaultRig;
beforeAll(async () => {
  disk = await SmallDisk.open(1_024);
  engine = await OwnEngine.open({ diskMb: 1_536 });
  const dataOn = join(disk.path, "data");
  mkdirSync(dataOn);
  rig = await FaultRig.start({
    engine,
    dataOn,
    env: { PAAS_BALLAST: `${ballastMb}m`, PAAS_DISK_FLOOR: "256m" },
  });
});
afterAll(async () => {
  disk?.empty();
  await rig?.stop();
  await engine?.close();
  await disk?.close();
});

const hasBallast = () => existsSync(dataPaths(rig.platform.dataDir).ballast);

test("a build that fills the engine's disk is ended or refused with the figures, and what it wrote is gone", async () => {
  const { Dockerfile = "", ...files } = await dockerApp("shop: too big");
  const greedy = `RUN echo ${Date.now()} && dd if=/dev/zero of=/hoard bs=1M count=8192\n`;
  await rig.shop.commit({ ...files, Dockerfile: Dockerfile.replace("WORKDIR", `${greedy}WORKDIR`) });
  const { exitCode, stderr } = await rig.shop.push("main");
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/\d MB|\d MiB/);
  await rig.expectConverged();
  await rig.shop.commit(await dockerApp("shop: small"));
  for (;;) {
    const again = await rig.shop.push("main");
    if (again.exitCode === 0) break;
    // The engine takes a moment to give back what the step wrote.
    expect(again.stderr).toContain("There is no room to build");
    await delay(500);
  }
  await rig.expectConverged();
  expect(rig.takeFailures()).toEqual([]);
});

test("an engine's disk that others fill takes no deploy, stops no app, and is told; with room again, all goes on", async () => {
  const others = new Filler(engine.names.data);
  try {
    await others.fill(64 * 2 ** 20);
    const before = await rig.shop.remoteTip();
    const commit = await rig.shop.commit(await dockerApp("shop: after"));
    const { exitCode, stderr } = await rig.shop.push("main");
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/There is no room to build: the engine's disk \(\S+\) has \d+ MiB free/);
    expect(await rig.shop.remoteTip()).toBe(before);
    // What builds nothing goes on.
    await rig.shop.paas("config:set", "WRITTEN=on-little-room");
    expect((await rig.shop.page("/env/WRITTEN")).body).toBe("on-little-room");
    await rig.expectConverged();

    await others.fillWhole();
    await rig.flows();
    expect(await rig.troubles()).toContainEqual(
      expect.stringMatching(/^disk: Docker's directory \S+: \d+ \S+ of \S+ \S+ free \(0 %\)/),
    );
    expect((await rig.shop.push("main")).stderr).toContain("There is no room to build");
    await rig.expectConverged();
    others.empty();
    expect((await rig.shop.push("main")).stderr).toContain("deployed as");
    expect(await rig.shop.remoteTip()).toBe(commit);
  } finally {
    others.empty();
  }
  await rig.expectConverged();
  await rig.flows();
  expect(rig.takeFailures()).toEqual([]);
});

test("on a full disk the databases live on the ballast, and it is made again when there is room", async () => {
  while (!hasBallast()) await delay(100);
  await disk.fillWhole();
  while (hasBallast()) await delay(100);
  // The ledger takes writes: on what the ballast took up.
  await rig.shop.paas("config:set", "WRITTEN=on-a-full-disk");
  expect((await rig.shop.page("/env/WRITTEN")).body).toBe("on-a-full-disk");
  expect(await rig.troubles()).toContainEqual(expect.stringContaining("disk: the ballast of 96 MiB"));
  disk.empty();
  while (!hasBallast()) await delay(100);
  await rig.expectConverged();
  await rig.flows();
  expect((await rig.troubles()).filter((trouble) => trouble.includes("ballast"))).toEqual([]);
  expect(rig.takeFailures().filter(({ what }) => !what.startsWith("200 on-a-full"))).toEqual([]);
});
