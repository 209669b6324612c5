import type { Stack } from "../../buildpacks/stack/stack";
import type { Write } from "../transcript";

/** Builds that want the stack at the same time wait for the same one; the first of them shows how it is made. */
export function sharedStack(ensure: (write: Write) => Promise<Stack>): (write: Write) => Promise<Stack> {
  let making: Promise<Stack> | null = null;
  return (write) => {
    making ??= ensure(write).finally(() => {
      making = null;
    });
    return making;
  };
}
