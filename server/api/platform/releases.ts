import type { App } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import type { Receipt } from "../../../core/receipt";
import type { Release } from "../../../core/release";
import type { ReleaseDiff } from "../../../core/release-diff";
import type { Context } from "../../actions/context";
import { followRelease } from "../../actions/deploys/follow";
import { followCommand } from "../../actions/releases/command-output";
import { compareReleases } from "../../actions/releases/compare-releases";
import { readReceipt } from "../../actions/releases/read-receipt";
import type { ReleaseWish } from "../../actions/releases/release-line";
import { retry } from "../../actions/releases/retry";
import { rollback } from "../../actions/releases/rollback";

/** An app's release line. */
export interface Releases {
  /** Newest first. */
  listReleases(app: App, limit: number): Promise<Release[]>;
  findRelease(app: App, version: number): Promise<Release | null>;
  /** The newest release that did not fail. */
  currentRelease(app: App): Promise<Release | null>;
  /** Of those of the apps that have one. */
  currentReleases(apps: readonly App[]): Promise<Release[]>;
  /** What it cost; null when it never took over. */
  receiptOf(release: Release): Promise<Receipt | null>;
  /** Values in clear. */
  diffReleases(from: Release, to: Release): Promise<ReleaseDiff>;
  rollback(actor: Actor, app: App, version: number | undefined, wish: ReleaseWish): Promise<Release>;
  retry(actor: Actor, app: App, version: number | undefined, wish: ReleaseWish): Promise<Release>;
  /** Transcript lines; ends when the release is proven or failed. */
  followRelease(app: App, version: number, signal: AbortSignal): AsyncIterable<string>;
  /** What the release's command has said; follows one under way to its end. */
  followCommand(app: App, release: Release, signal: AbortSignal): AsyncIterable<string>;
}

export const releasesOf = (ctx: Context): Releases => ({
  listReleases: (app, limit) => ctx.store.releases.list(app.id, limit),
  findRelease: (app, version) => ctx.store.releases.byVersion(app.id, version),
  currentRelease: (app) => ctx.store.releases.current(app.id),
  currentReleases: (apps) => ctx.store.releases.currentOf(apps.map(({ id }) => id)),
  receiptOf: (release) => readReceipt(ctx, release),
  diffReleases: (from, to) => compareReleases(ctx, from, to),
  rollback: (...args) => rollback(ctx, ...args),
  retry: (...args) => retry(ctx, ...args),
  followRelease: (...args) => followRelease(ctx, ...args),
  followCommand: (...args) => followCommand(ctx, ...args),
});
