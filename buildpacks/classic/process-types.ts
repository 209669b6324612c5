import { parse } from "yaml";
import { z } from "zod";
import { messageOf, PaasError } from "../../core/error";
import type { ProcessTypes } from "../../core/release";

const releaseSchema = z
  .looseObject({
    default_process_types: z
      .record(z.string().regex(/^[A-Za-z0-9_-]{1,40}$/), z.string().trim().min(1).max(10_000))
      .nullish(),
  })
  .nullish();

/** Reads the YAML that bin/release prints. Its config vars and add-ons are not heeded, as at Heroku today. Throws `build_failed`. */
export function defaultProcessTypes(text: string): ProcessTypes {
  const parsed = releaseSchema.safeParse(yamlOf(text));
  if (!parsed.success)
    throw fault(`${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`);
  const types = Object.entries(parsed.data?.default_process_types ?? {});
  return Object.fromEntries(types.map(([type, command]) => [type, { command }]));
}

function yamlOf(text: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch (error) {
    throw fault(messageOf(error).split("\n")[0] ?? "");
  }
}

const fault = (what: string): PaasError =>
  new PaasError(
    "build_failed",
    `bin/release of the last buildpack does not say it in YAML as it should (${what}).`,
  );
