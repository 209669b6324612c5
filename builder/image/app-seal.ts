import { createHmac } from "node:crypto";
import type { Sensitive } from "../../core/env";

/**
 * Names of caches and images are shared by all builds of an engine, and a Dockerfile may name any. Whoever does not know the platform's
 * key cannot name another app's.
 */
export const cacheIds =
  (key: Sensitive<string>) =>
  (appId: string, cache: string): string =>
    `paas-${sealed(key, `${appId}\0${cache}`)}`;

/** The part of an image's tag that is the app's own. */
export const imageSeals =
  (key: Sensitive<string>) =>
  (appId: string): string =>
    sealed(key, `${appId}\0\0image`);

const sealed = (key: Sensitive<string>, subject: string): string =>
  createHmac("sha256", key.reveal()).update(subject).digest("hex").slice(0, 32);
