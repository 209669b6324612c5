import { notFound } from "../../../core/error";
import { changes, masked } from "../../../core/release-diff";
import type { Promotions } from "../../../server/api/platform/promotions";
import type { World } from "./world";

export const fakePromotions = (world: World): Promotions => ({
  async promotionOf(from, to, compareValues) {
    const release = world.of(from).releases.find(({ state }) => state === "proven");
    if (!release) throw notFound(`${from.name} runs nothing to promote yet: deploy it first.`);
    const found = changes(world.of(from).config, world.of(to).config);
    const shown = compareValues ? found : found.filter((one) => one.from === null || one.to === null);
    return { release, config: masked(shown) };
  },
  async promote(actor, from, to, version) {
    const description = `Promote ${from.name} v${version}`;
    return world.release(world.of(to), actor, { reason: "promote", description });
  },
});
