import type { Buildpack } from "./buildpack";
import { nodejs } from "./nodejs/nodejs";
import { staticJson, staticPages } from "./static/static";

/** In the order they are asked. */
export const buildpacks: Buildpack[] = [staticJson, nodejs, staticPages];
