import type { Stack } from "../../buildpacks/stack/stack";
import type { Write } from "../transcript/transcript";

/** Waits for the stack images, and makes them if they are not there; `write` is told of that. */
export type AwaitStack = (write: Write) => Promise<Stack>;

/** How to look for them and, if they are not there, how to make them. */
export interface StackSource {
  look(): Promise<Stack | null>;
  make(write: Write): Promise<Stack>;
}

/**
 * Looks for the stack on behalf of one build, from the call on: the answer is there when the build has its plan. Builds that want it made at
 * the same time wait for the same one; the first of them shows how it is made.
 */
export function sharedStack({ look, make }: StackSource): () => AwaitStack {
  let making: Promise<Stack> | null = null;
  const shared: AwaitStack = (write) => {
    making ??= make(write).finally(() => {
      making = null;
    });
    return making;
  };
  return () => {
    const looking = look();
    looking.catch(() => undefined); // heard by a build that wants it; one of a Dockerfile does not
    return async (write) => (await looking) ?? shared(write);
  };
}
