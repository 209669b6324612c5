import { text } from "node:stream/consumers";
import { z } from "zod";
import { Sensitive } from "../../core/env";
import { messageOf, PaasError } from "../../core/error";
import { askServer } from "./ask-server";

/** Config vars that an app's builds get, by name. */
export type BuildConfig = ReadonlyMap<string, Sensitive<string>>;

const answerSchema = z.record(z.string(), z.string());

/** Fetches what a build may know of config; nothing of it is in the queue. Throws `unavailable` when the server does not give it. */
export async function fetchBuildConfig(
  url: string | undefined,
  token: string,
  signal: AbortSignal,
): Promise<BuildConfig> {
  if (url === undefined) return new Map();
  try {
    const answer = await askServer(url, token, signal);
    const config = answerSchema.parse(JSON.parse(await text(answer)));
    return new Map(Object.entries(config).map(([name, value]) => [name, new Sensitive(value)]));
  } catch (error) {
    throw new PaasError("unavailable", `The server did not give the build's config: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
