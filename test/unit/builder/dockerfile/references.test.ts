import { checkReferences } from "../../../../builder/dockerfile/check-references";
import type { ImageEngine } from "../../../../builder/image/image-engine";

/** Has no image, and is asked for none but by names that an engine takes. */
const empty = { inspect: async () => null } as Partial<ImageEngine> as ImageEngine;
const check = (image: string) => checkReferences(empty, [{ image, line: 3 }]);

test.each([
  "node:24",
  "registry.local:5000/a/b:x",
  "localhost/tools",
  "a_b__c--d/e.f:1.2-x",
  `debian@sha256:${"0".repeat(64)}`,
])("%s may name an image", async (image) => {
  await check(image);
});

test.each(["BASE_IMAGE", "a..b", "node:", "/node", "node/", "node:24 ", "node@sha256:0", "a".repeat(600)])(
  "%j is refused with its line, not asked of the engine",
  async (image) => {
    await expect(check(image)).rejects.toMatchObject({
      code: "build_failed",
      message: expect.stringMatching(/ Line 3: .* is no name of an image or a stage/),
    });
  },
);
