import type { Buildpack } from "./buildpack";
import { deno } from "./deno/deno";
import { go } from "./go/go";
import { java } from "./java/java";
import { nodejs } from "./nodejs/nodejs";
import { php } from "./php/php";
import { python } from "./python/python";
import { ruby } from "./ruby/ruby";
import { rust } from "./rust/rust";
import { staticJson, staticPages } from "./static/static";

/** In the order they are asked: who says it outright first, and Ruby before the package.json of its assets. */
export const buildpacks: Buildpack[] = [
  staticJson,
  ruby,
  deno,
  nodejs,
  python,
  go,
  php,
  java,
  rust,
  staticPages,
];
