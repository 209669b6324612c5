import type { App } from "../../../core/app";
import { invalid, messageOf, notFound } from "../../../core/error";
import { newId } from "../../../core/id";
import { imageRef, labels, portOfExposed } from "../../../core/image";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import type { ForeignImage } from "../../engines/engine";
import type { Context } from "../context";
import { createRelease, described, phaseOf, type ReleaseWish } from "../releases/release-line";

/**
 * A new release of an image that was made elsewhere, with the app's config: pulled unless the engine has it, and given a name of the app's,
 * so that it is kept as long as a release needs it. Throws `invalid` for one that is another app's or starts nothing.
 */
export async function deployImage(
  ctx: Context,
  actor: Actor,
  app: App,
  ref: string,
  wish: ReleaseWish = {},
): Promise<Release> {
  checkName(ref);
  const there = await ctx.images.describe(ref);
  if (there) return releaseImage(ctx, actor, app, ref, wish);
  await ctx.images.pull(ref);
  try {
    return await releaseImage(ctx, actor, app, ref, wish);
  } finally {
    // Under the name that the app has given it, it is kept as long as it is needed; this one would keep it for ever.
    await ctx.images
      .remove(ref)
      .catch((error: unknown) =>
        ctx.log.warn({ ref, err: messageOf(error) }, "a pulled image keeps its name"),
      );
  }
}

async function releaseImage(
  ctx: Context,
  actor: Actor,
  app: App,
  ref: string,
  wish: ReleaseWish,
): Promise<Release> {
  const image = await wantedImage(ctx, app, ref);
  const name = imageRef(ctx.platformId, app.id, `image${newId()}`, ctx.store.cipher.derive("image", app.id));
  return createRelease(ctx, app.id, async (_current, config) => {
    // Under the app's lock: a name without a release would be taken for garbage.
    await ctx.images.tag(image.id, name);
    return {
      buildId: null,
      image: { id: image.id, ref: name, madeBy: "dockerfile", port: portOfExposed(image.exposed) },
      commit: null,
      ref: null,
      processTypes: { web: { command: null } },
      healthChecks: image.healthChecks.length > 0 ? { web: image.healthChecks } : {},
      cron: [],
      config,
      reason: "deploy",
      description: described(`Deploy image ${ref}`, wish),
      actor: actor.name,
      ...phaseOf(wish),
    };
  });
}

function checkName(ref: string): void {
  if (!/^\w[\w.:@/-]{0,254}$/.test(ref) || ref.includes(".."))
    throw invalid(
      `${JSON.stringify(ref.slice(0, 80))} is no name of an image: write e.g. registry.example.com/shop:1.2.`,
    );
}

async function wantedImage(ctx: Context, app: App, ref: string): Promise<ForeignImage> {
  const image = await ctx.images.describe(ref);
  if (!image) throw notFound(`The image ${ref} is not on the engine any more: try again.`);
  const owner = image.labels[labels.app];
  if (
    labels.platform in image.labels &&
    (image.labels[labels.platform] !== ctx.platformId || owner !== app.id)
  )
    throw invalid(`The image ${ref} belongs to another app: to release it here, use paas promote.`);
  if (!image.hasCommand) throw invalid(`The image ${ref} starts nothing: give it a CMD or an ENTRYPOINT.`);
  return image;
}
