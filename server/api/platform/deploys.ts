import type { App } from "../../../core/app";
import type { Build } from "../../../core/build";
import type { Actor } from "../../../core/policy";
import type { Release } from "../../../core/release";
import { receiveUpload, type Upload } from "../../actions/builds/receive-upload";
import type { Context } from "../../actions/context";
import { deployImage } from "../../actions/deploys/deploy-image";
import type { ReleaseWish } from "../../actions/releases/release-line";

/** Deploys that come without git. */
export interface Deploys {
  /** A release of an image that was made elsewhere. */
  deployImage(actor: Actor, app: App, ref: string, wish: ReleaseWish): Promise<Release>;
  /** Resolves when a build of it is queued. */
  receiveUpload(actor: Actor, app: App, upload: Upload): Promise<Build>;
}

export const deploysOf = (ctx: Context): Deploys => ({
  deployImage: (...args) => deployImage(ctx, ...args),
  receiveUpload: (...args) => receiveUpload(ctx, ...args),
});
