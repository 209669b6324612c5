import { sharedStack } from "../../../builder/stack/shared-stack";
import { stackFor } from "../../../buildpacks/stack/stack";

const stack = stackFor(Buffer.from("certificates"), "debian:bookworm-slim");
const write = (): void => undefined;

it("makes nothing while the images are there", async () => {
  const make = () => Promise.reject(new Error("not to be made"));
  const looking = sharedStack({ look: async () => stack, make });
  await expect(looking()(write)).resolves.toBe(stack);
});

it("makes the images once for builds that miss them at the same time, and for none that does not ask", async () => {
  let made = 0;
  const make = async () => {
    made += 1;
    return stack;
  };
  const looking = sharedStack({ look: async () => null, make });
  const [first, second] = [looking(), looking(), looking()];
  await expect(Promise.all([first(write), second(write)])).resolves.toEqual([stack, stack]);
  expect(made).toBe(1);
});

it("tells who asks that the engine did not answer", async () => {
  const look = () => Promise.reject(new Error("no engine"));
  const awaitStack = sharedStack({ look, make: async () => stack })();
  await expect(awaitStack(write)).rejects.toThrow("no engine");
});
