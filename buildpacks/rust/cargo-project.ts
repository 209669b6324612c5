import { z } from "zod";
import type { SourceView } from "../buildpack";
import { type Constraint, unreadable, versionRange } from "../runtime/offers";
import { parseTomlFile } from "../toml-file";

const cargoSchema = z.looseObject({
  package: z
    .looseObject({
      name: z.string().regex(/^[\w-]+$/),
      "default-run": z
        .string()
        .regex(/^[\w-]+$/)
        .optional(),
      "rust-version": z.union([z.string(), z.looseObject({})]).optional(),
    })
    .optional(),
  bin: z
    .array(
      z.looseObject({
        name: z
          .string()
          .regex(/^[\w-]+$/)
          .optional(),
      }),
    )
    .optional(),
  workspace: z.looseObject({}).optional(),
});
const toolchainSchema = z.looseObject({ toolchain: z.looseObject({ channel: z.string().optional() }) });

export interface CargoProject {
  constraint: Constraint | null;
  /** Names of the programs of the root's package. */
  programs: string[];
  defaultRun: string | null;
}

export const cargoReads = ["Cargo.toml", "rust-toolchain.toml", "rust-toolchain"];

/** Throws `build_failed` when Cargo.toml cannot be used. */
export function cargoProject({ files, texts }: SourceView): CargoProject {
  const cargo = parseTomlFile("Cargo.toml", texts.get("Cargo.toml") ?? "", cargoSchema);
  const main = cargo.package && files.has("src/main.rs") ? [cargo.package.name] : [];
  const named = (cargo.bin ?? []).flatMap(({ name }) => name ?? []);
  const found = [...files].flatMap((path) => /^src\/bin\/([\w-]+)(?:\.rs|\/main\.rs)$/.exec(path)?.[1] ?? []);
  // A [[bin]] is src/main.rs under a name of its own.
  const root = named.length > 0 ? named : main;
  return {
    constraint: toolchainOf(texts) ?? leastOf(cargo.package?.["rust-version"]),
    programs: [...new Set([...root, ...found.sort()])],
    defaultRun: cargo.package?.["default-run"] ?? null,
  };
}

/** rust-toolchain.toml, or its older form, which is the channel alone. Channels without a number take what there is. */
function toolchainOf(texts: ReadonlyMap<string, string>): Constraint | null {
  const toml = texts.get("rust-toolchain.toml");
  const text =
    toml === undefined
      ? texts.get("rust-toolchain")?.trim()
      : parseTomlFile("rust-toolchain.toml", toml, toolchainSchema).toolchain.channel;
  if (text === undefined || text === "stable" || text === "") return null;
  const range = versionRange(text);
  if (range === null) throw unreadable("rust-toolchain", text, '"stable" or "1.85"');
  return { range, reason: `rust-toolchain ${JSON.stringify(text)}` };
}

function leastOf(version: unknown): Constraint | null {
  if (typeof version !== "string" || versionRange(version) === null) return null;
  return { range: `>=${version}`, reason: `Cargo.toml: rust-version ${JSON.stringify(version)}` };
}
