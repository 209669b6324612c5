import type { BuildPlan } from "../../buildpacks/build-plan";
import type { Stack } from "../../buildpacks/stack/stack";
import type { Base } from "../../core/build";
import { labels, shortDigest } from "../../core/image";
import { detail } from "../../core/transcript";
import type { Write } from "../transcript/transcript";
import type { ImageEngine, ImageFacts } from "./image-engine";
import { fullName, stepReads } from "./image-reads";
import type { Trace } from "./trace";

/** The images that a plan's build reads. */
export function imagesOfPlan(plan: BuildPlan, stack: Stack): string[] {
  const stacks = plan.stages.flatMap(({ from }) => ("stack" in from ? [stack[from.stack].ref] : []));
  const copied = plan.stages
    .flatMap(({ steps }) => steps)
    .flatMap((step) =>
      step.do === "copy" && typeof step.from === "object" && "image" in step.from ? [step.from.image] : [],
    );
  return [...new Set([...stacks, ...copied])];
}

/** Listens to a build for what the engine resolves names to: it does not keep all images under their names that it pulls for a build. */
export function pulledBases(): { take(trace: Trace): void; digests: ReadonlyMap<string, string> } {
  const digests = new Map<string, string>();
  return {
    digests,
    take({ steps }) {
      for (const { name } of steps) {
        const [image = "", digest] = stepReads(name)?.split("@") ?? [];
        if (digest !== undefined) digests.set(fullName(image), digest);
      }
    },
  };
}

/**
 * What an image was made of, each as it is now, and told to people: a name may mean another image tomorrow. Those that neither the engine
 * keeps nor the build has told are left out.
 */
export async function basesOf(
  engine: Pick<ImageEngine, "inspect">,
  images: string[],
  write: Write,
  pulled: ReadonlyMap<string, string> = new Map(),
): Promise<Base[]> {
  const found = await Promise.all(
    images.map(async (image): Promise<Base[]> => {
      const facts = await engine.inspect(image);
      const digest = image.split("@")[1] ?? pulled.get(fullName(image)) ?? facts?.digest;
      return digest === undefined ? [] : [{ image, digest }, ...debianOf(facts)];
    }),
  );
  const bases = [...new Map(found.flat().map((base) => [base.image, base])).values()];
  for (const { image, digest } of bases) write(detail(`Built on ${image} (${shortDigest(digest)})`));
  return bases;
}

/** Of a stack image, its label tells. */
function debianOf(facts: ImageFacts | null): Base[] {
  const [image, digest] = facts?.labels[labels.stackBase]?.split("@") ?? [];
  return image === undefined || digest === undefined ? [] : [{ image, digest }];
}
