import type { BuildAnswer, BuildRequest, ImageEngine } from "../../../../builder/image/image-engine";
import { wholeCache } from "../../../../builder/image/whole-cache";

const lost =
  "failed to prepare yjcx as ab12: open /var/lib/docker/overlay2/tkwv/committed: no such file or directory";
const request: BuildRequest = { context: [], dockerfile: "Dockerfile", ref: "shop:1", labels: {} };

/** Builds by an engine that gives these answers in turn; how each was asked for, what was told, and the answer. */
async function build(...answers: BuildAnswer[]) {
  const asked: (boolean | undefined)[] = [];
  const told: string[] = [];
  const engine = {
    build: async ({ withoutCache }: BuildRequest) => {
      asked.push(withoutCache);
      return answers.shift();
    },
  } as Partial<ImageEngine> as ImageEngine;
  const answer = await wholeCache(engine, (line) => told.push(line)).build(request, () => undefined);
  return { asked, told, answer };
}

test("a lost layer is a reason to build again without the cache, once", async () => {
  const { asked, told, answer } = await build({ error: lost }, { imageId: "sha256:1" });
  expect(asked).toEqual([undefined, true]);
  expect(told.join("")).toContain("building again without it");
  expect(answer).toEqual({ imageId: "sha256:1" });
});

test("what is lost for good is told with its cure", async () => {
  const { asked, answer } = await build({ error: lost }, { error: lost });
  expect(asked).toHaveLength(2);
  expect(answer).toEqual({ error: expect.stringContaining("docker builder prune --all") });
});

test.each([
  `executor failed running [/bin/sh -c echo ${lost}]: exit code: 1`,
  'process "/bin/sh -c cat layer does not exist" did not complete successfully: exit code: 1',
])("a step that fails by itself is not done again: %s", async (error) => {
  expect(await build({ error })).toEqual({ asked: [undefined], told: [], answer: { error } });
});
