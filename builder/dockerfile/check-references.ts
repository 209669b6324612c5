import { labelPrefix, labels } from "../../core/image";
import type { ImageEngine, ImageFacts } from "../image/image-engine";
import type { Reference } from "./references";
import { refused } from "./refused";

/** An image as engines take it: `[host[:port]/]path[:tag][@digest]`, the path in lower case; on others they answer with an error of the call. */
const imageReference =
  /^(?:[a-z\d][a-z\d.-]*(?::\d+)?\/)?[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*)*(?::\w[\w.-]{0,127})?(?:@[a-z\d+._-]+:[\da-f]{32,})?$/;

/**
 * Refuses references to what an app of this or another platform built: by its name, and by the labels that every such image has, however
 * it is called. The stack's images belong to nobody. Throws `build_failed`.
 */
export async function checkReferences(engine: ImageEngine, references: Reference[]): Promise<void> {
  for (const { image, line } of references) {
    if (image.length > 500 || !imageReference.test(image))
      throw refused(
        line,
        `${JSON.stringify(image.slice(0, 80))} is no name of an image or a stage: an image is like node:24, in lower case; for a variable, write \${NAME}`,
      );
    if (isAppImage(image)) throw refused(line, belongsToApp(image));
  }
  const images = await inspectAll(
    engine,
    references.map(({ image }) => image),
  );
  for (const { image, line } of references) {
    const facts = images.get(image);
    if (facts && labels.platform in facts.labels) throw refused(line, belongsToApp(image));
    const trigger = facts?.triggers.find((text) =>
      /--(?:mount|from|network|security|device)\b|^\s*ADD\b/i.test(text),
    );
    if (trigger !== undefined)
      throw refused(
        line,
        `${image} has the trigger ONBUILD ${trigger.slice(0, 80)}, which cannot be checked: build on another image`,
      );
  }
}

/** So many at a time: a Dockerfile may name thousands. */
const inspectedAtOnce = 8;

/** Each of them once, however often a Dockerfile names it. */
async function inspectAll(engine: ImageEngine, images: string[]): Promise<Map<string, ImageFacts | null>> {
  const left = [...new Set(images)];
  const facts = new Map<string, ImageFacts | null>();
  const inspectSome = async (): Promise<void> => {
    for (let image = left.shift(); image !== undefined; image = left.shift())
      facts.set(image, await engine.inspect(image));
  };
  await Promise.all(Array.from({ length: inspectedAtOnce }, inspectSome));
  return facts;
}

/** `paas/<platform>/<app>:<tag>`, with or without a registry in front; `paas/stack-run:<tag>` is nobody's. */
const isAppImage = (image: string): boolean =>
  new RegExp(`^(?:[^/]*[.:][^/]*/|localhost/)?${labelPrefix}/[^/]+/[^/]`).test(image);

const belongsToApp = (image: string): string =>
  `the image ${image.slice(0, 120)} belongs to an app: a Dockerfile may build on public images, its own stages and the stack's images`;
