import { z } from "zod";
import type { BuildPlan, Stage } from "../build-plan";
import type { Buildpack, SourceView, Tool } from "../buildpack";
import { defaultWeb } from "../default-web";
import { parseJsonFile } from "../json-file";
import { nodeHome, titleOf, toolStage } from "../nodejs/toolchain";
import { unreadable, versionRange } from "../runtime/offers";
import { appUser, caBundlePath } from "../stack/stack";

const app = appUser.home;
const cacheHome = "/opt/deno";
const configs = ["deno.json", "deno.jsonc"];
const entries = ["main.ts", "main.tsx", "main.js", "server.ts", "mod.ts", "index.ts"];

const configSchema = z.looseObject({ tasks: z.record(z.string(), z.unknown()).optional() });

/** Deno programs. Deno comes through npm's registry like Node.js. */
export const deno: Buildpack = {
  name: "deno",
  manifests: ["deno.json"],
  language: "Deno",
  reads: [...configs, ".dvmrc"],
  detect: ({ names }) => [...configs, "deno.lock"].some((name) => names.has(name)),
  wants(source, found) {
    if (found.length > 0) return null;
    const said = source.texts.get(".dvmrc")?.trim();
    if (said === undefined || said === "")
      return {
        tool: "deno",
        range: "2.x",
        preferEvenMajor: false,
        reason: "the default; there is no .dvmrc",
      };
    const range = versionRange(said);
    if (range === null) throw unreadable(".dvmrc", said, "2.4.0");
    return { tool: "deno", range, preferEvenMajor: false, reason: `.dvmrc ${JSON.stringify(said)}` };
  },
  plan(source, found): BuildPlan {
    const tools = found.filter((one): one is Tool => "tool" in one);
    const entry = entries.find((name) => source.files.has(name)) ?? null;
    return {
      buildpack: "deno",
      notes: tools.map(({ tool, version, wish }) => `${titleOf(tool)} ${version} (${wish.reason})`),
      excludes: ["node_modules"],
      stages: [toolStage(tools), buildStage(source, entry), imageStage],
      defaultProcesses: defaultWeb(source, webCommand(source, entry), {
        line: "web: deno run --allow-net --allow-env main.ts",
        or: 'a "start" task to deno.json',
      }),
    };
  },
};

const environment = {
  DENO_DIR: cacheHome,
  DENO_NO_UPDATE_CHECK: "1",
  DENO_TLS_CA_STORE: "system",
  SSL_CERT_FILE: caBundlePath,
};

/** What the program imports is fetched now, or each start would. */
const buildStage = ({ names }: SourceView, entry: string | null): Stage => ({
  name: "build",
  from: { stage: "tools" },
  steps: [
    { do: "env", values: { ...environment, PATH: `${nodeHome}/bin:/usr/local/bin:/usr/bin:/bin` } },
    { do: "workdir", path: app },
    { do: "copy", from: "source", paths: ["."], to: `${app}/` },
    {
      do: "run",
      title: `Fetching dependencies (deno install${entry === null ? "" : ` --entrypoint ${entry}`})`,
      command: `mkdir -p ${cacheHome} && deno install${names.has("deno.lock") ? " --frozen" : ""}${entry === null ? "" : ` --entrypoint ${entry}`}`,
    },
  ],
});

const imageStage: Stage = {
  name: "image",
  from: { stack: "run" },
  steps: [
    { do: "copy", from: { stage: "tools" }, paths: [`${nodeHome}/bin/deno`], to: "/usr/local/bin/deno" },
    { do: "env", values: { ...environment, HOME: app } },
    { do: "workdir", path: app },
    {
      do: "copy",
      from: { stage: "build" },
      paths: [`${cacheHome}/`],
      to: `${cacheHome}/`,
      owner: appUser.id,
    },
    { do: "copy", from: { stage: "build" }, paths: [`${app}/`], to: `${app}/`, owner: appUser.id },
    { do: "user", id: appUser.id },
  ],
};

function webCommand({ texts }: SourceView, entry: string | null): string | null {
  const json = texts.get("deno.json");
  // Comments in deno.jsonc are Deno's to read.
  const tasks = json === undefined ? {} : (parseJsonFile("deno.json", json, configSchema).tasks ?? {});
  if (tasks.start !== undefined || /"start"\s*:/.test(texts.get("deno.jsonc") ?? ""))
    return "deno task start";
  return entry === null ? null : `deno run --allow-net --allow-env --allow-read ${entry}`;
}
