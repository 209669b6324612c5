import { parse } from "yaml";
import { z } from "zod";
import { messageOf, PaasError } from "../../core/error";
import type { ProcessTypes } from "../../core/release";

/** What a build with classic buildpacks says of its result. */
export interface Told {
  /** The default process types of the last buildpack. */
  types: ProcessTypes;
  /** The Procfile in the directory that the buildpacks left, if there is one. */
  procfile?: string;
}

const maxTextChars = 100_000;
const toldSchema = z.object({
  release: z.string().max(maxTextChars),
  procfile: z.string().max(maxTextChars),
});

/** Reads what `tell-builder read` printed; who printed last has seen what all others did. Throws `build_failed`. */
export function readTold(text: string): Told {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  const told = toldSchema.safeParse(parsed(JSON.parse, Buffer.from(line, "base64").toString("utf8")));
  if (!told.success) throw fault("or the Procfile is too long");
  const { release, procfile } = told.data;
  return { types: defaultProcessTypes(release), ...(procfile.trim() === "" ? {} : { procfile }) };
}

const releaseSchema = z
  .looseObject({
    default_process_types: z
      .record(z.string().regex(/^[A-Za-z0-9_-]{1,40}$/), z.string().trim().min(1).max(10_000))
      .nullish(),
  })
  .nullish();

/** Reads the YAML that bin/release prints. Its config vars and add-ons are not heeded, as at Heroku today. Throws `build_failed`. */
export function defaultProcessTypes(yaml: string): ProcessTypes {
  const release = releaseSchema.safeParse(parsed((text) => parse(text, { logLevel: "error" }), yaml));
  const [issue] = release.error?.issues ?? [];
  if (issue) throw fault(`${issue.path.join(".") || "it"}: ${issue.message}`);
  const types = Object.entries(release.data?.default_process_types ?? {});
  return Object.fromEntries(types.map(([type, command]) => [type, { command }]));
}

function parsed(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw fault(messageOf(error).split("\n")[0] ?? "");
  }
}

const fault = (what: string): PaasError =>
  new PaasError(
    "build_failed",
    `bin/release of the last buildpack does not say it in YAML as it should (${what}).`,
  );
