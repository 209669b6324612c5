import type { Runtime, RuntimeOffer, RuntimeWish } from "../../buildpacks/buildpack";
import { messageOf, PaasError } from "../../core/error";
import type { ImageEngine } from "../image/image-engine";
import type { PulledImages } from "../queue/pulled-images";

/** Finds the first place that has a runtime. */
export interface RuntimeIndex {
  /** Throws `build_failed` with what is available when no place has it. */
  find(wish: RuntimeWish): Promise<Runtime>;
}

export interface RuntimeIndexOptions {
  engine: Pick<ImageEngine, "inspect" | "pull">;
  pulls: PulledImages;
  /** How long a pull may say nothing, in ms. */
  pullIdleMs: number;
  /** How long an image that could not be pulled is not asked for again, in ms. */
  awayMs: number;
  now: () => number;
}

export function runtimeIndex({ engine, pulls, pullIdleMs, awayMs, now }: RuntimeIndexOptions): RuntimeIndex {
  const away = new Map<string, { reason: string; until: number }>();

  /** Null when the image is there; else why not. */
  const fetchImage = async (image: string): Promise<string | null> => {
    const known = away.get(image);
    if (known && now() < known.until) return known.reason;
    if (await engine.inspect(image)) {
      await pulls.used(image);
      return null;
    }
    try {
      await engine.pull(image, pullIdleMs);
    } catch (error) {
      const reason = messageOf(error).slice(0, 200);
      away.set(image, { reason, until: now() + awayMs });
      return reason;
    }
    const facts = await engine.inspect(image);
    if (facts) await pulls.pulled(image, facts.id);
    return null;
  };
  const fault = async ({ from }: RuntimeOffer): Promise<string | null> =>
    "debian" in from ? null : fetchImage(from.image);

  return {
    async find(wish) {
      const faults: string[] = [];
      for (const offer of wish.offers) {
        const why = await fault(offer);
        if (why === null) return { runtime: wish.runtime, version: offer.version, from: offer.from, wish };
        faults.push(`${wish.runtime} ${offer.version} could not be had: ${why}`);
      }
      throw new PaasError("build_failed", [noFit(wish), ...faults].join("\n"));
    },
  };
}

const noFit = ({ runtime, reason, available }: RuntimeWish): string =>
  `No ${runtime} fits ${reason}. Available here: ${available}.`;
