import { Rig } from "./rig";
import type { RigOptions } from "./router-parts";

/** How the tests of a file open routers; each is closed after the test that opened it. */
export function useRigs(): (options?: RigOptions) => Promise<Rig> {
  const rigs: Rig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  return async (options) => {
    const rig = await new Rig(options).listen();
    rigs.push(rig);
    return rig;
  };
}
