import type { Buildpack } from "./buildpack";
import { nodejs } from "./nodejs/nodejs";

/** In the order they are asked. */
export const buildpacks: Buildpack[] = [nodejs];
