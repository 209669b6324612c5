import { createHmac } from "node:crypto";
import type { Sensitive } from "../core/env";

/**
 * Names of caches are shared by all builds of an engine, and a Dockerfile may name any. Whoever does not know the platform's key
 * cannot name another app's.
 */
export const cacheIds =
  (key: Sensitive<string>) =>
  (appId: string, cache: string): string =>
    `paas-${createHmac("sha256", key.reveal()).update(`${appId}\0${cache}`).digest("hex").slice(0, 32)}`;
