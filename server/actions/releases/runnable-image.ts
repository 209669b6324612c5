import { conflict } from "../../../core/error";
import type { Image } from "../../../core/image";
import type { Release } from "../../../core/release";
import type { Context } from "../context";

/**
 * The image of a release that is to run once more. Throws `conflict` when there is none, or it is gone.
 * Asked while the new release is drafted, under the app's lock: so the image cannot be cleared away meanwhile.
 */
export async function runnableImage(ctx: Context, release: Release): Promise<Image> {
  const { image, version } = release;
  if (!image) throw conflict(`v${version} has no image to run: choose a later release (paas releases).`);
  if (!(await ctx.images.exists(image.id)))
    throw conflict(
      `The image of v${version} is gone: build it again (paas rebuild, with its build of paas builds), or choose another release (paas releases).`,
    );
  return image;
}
