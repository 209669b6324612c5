import { CrashRig, type Phase, type Victim } from "../support/crash-rig";

// The most telling of test/chaos/deploy-crashes.test.ts, and the deaths that need to be held in place.

let rig: CrashRig;
beforeAll(async () => {
  rig = await CrashRig.start();
}, 120_000);
afterAll(() => rig?.stop(), 120_000);
jest.setTimeout(150_000);

const deaths: [Victim, Phase][] = [
  ["server", "instance:ready"],
  ["builder", "building"],
  ["router", "routes:published"],
  ["redis", "building"],
  ["supervisor", "building"],
  ["postgres", "instance:started"],
];

test.each(deaths)("kill -9 of the %s at %s", async (victim, phase) => {
  const deploy = await rig.deploy();
  await deploy.reached(phase);
  const diedAt = await rig.kill(victim);
  await rig.expectRecovery(deploy, victim === "router" ? diedAt : undefined);
});

test("a lost Redis loses no build", async () => {
  const deploy = await rig.deploy();
  await deploy.reached("building");
  await rig.flushRedis();
  expect((await deploy.pushed).exitCode).toBe(0);
  await rig.expectRecovery(deploy);
});

describe("between the switch and the move of the ref", () => {
  test("kill -9 of the server before the ledger has decided: what is in flight to the old version is answered", async () => {
    const deploy = await rig.deploy();
    await deploy.reached("instance:started");
    const inFlight = rig.shop.page("/slow/8");
    const letGo = await rig.holdBeforeProof(deploy);
    await rig.kill("server");
    await letGo();
    expect((await inFlight).status).toBe(200);
    await rig.expectRecovery(deploy);
  });

  test("kill -9 of the server and of git when the ledger has decided and the ref has not moved", async () => {
    const deploy = await rig.deploy();
    const letGo = await rig.holdBeforeProof(deploy);
    rig.signalGit("update-ref", "SIGSTOP");
    await letGo();
    await deploy.reached("release:proven");
    expect(await rig.shop.remoteTip()).not.toBe(deploy.commit);
    await rig.kill("server");
    rig.signalGit("update-ref", "SIGKILL");
    await rig.expectRecovery(deploy);
  });

  test("kill -9 of receive-pack: the deploy goes on without its pusher", async () => {
    const deploy = await rig.deploy();
    const letGo = await rig.holdBeforeProof(deploy);
    await rig.kill("receive-pack");
    expect((await deploy.pushed).exitCode).not.toBe(0);
    await letGo();
    await rig.expectRecovery(deploy);
  });

  test("kill -9 of the git process that moves the ref: the ref follows all the same", async () => {
    const deploy = await rig.deploy();
    const letGo = await rig.holdBeforeProof(deploy);
    rig.signalGit("update-ref", "SIGKILL");
    await letGo();
    await rig.expectRecovery(deploy);
  });
});
