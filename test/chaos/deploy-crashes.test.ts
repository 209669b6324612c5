import { CrashRig, type Phase, type Victim } from "../support/crash-rig";

const phases: Phase[] = [
  "build:queued",
  "build:started",
  "building",
  "release:created",
  "instance:started",
  "instance:ready",
  "routes:published",
  "release:proven",
];
const victims: Victim[] = ["server", "builder", "router", "postgres", "redis", "supervisor", "receive-pack"];

jest.setTimeout(300_000);

// A platform for each phase: a role that dies again and again is brought back later and later, and the router's return has a limit.
describe.each(phases)("kill -9 at %s", (phase) => {
  let rig: CrashRig;
  beforeAll(async () => {
    rig = await CrashRig.start();
  });
  afterAll(() => rig?.stop());

  test.each(victims)(
    "of the %s: apps go on being served, and the deploy ends or can be repeated",
    async (victim) => {
      const deploy = await rig.deploy();
      await deploy.reached(phase);
      const diedAt = await rig.kill(victim);
      await rig.expectRecovery(deploy, victim === "router" ? diedAt : undefined);
    },
  );
});
