import type { Doctor } from "../../../server/api/platform/doctor";
import type { World } from "./world";

export const fakeDoctor = (world: World): Doctor => ({
  examine: async () => ({ findings: world.findings, fixed: [] }),
  async fix() {
    const fixed = world.findings.filter(({ fixable }) => fixable).map(({ what }) => `mended: ${what}`);
    world.findings = world.findings.filter(({ fixable }) => !fixable);
    return { findings: world.findings, fixed };
  },
});
