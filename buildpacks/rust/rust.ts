import type { BuildPlan, Stage } from "../build-plan";
import type { Buildpack, Runtime, SourceView } from "../buildpack";
import { defaultWeb } from "../default-web";
import { programsImage } from "../programs-image";
import { installRuntime } from "../runtime/install";
import { type RuntimeCatalogue, runtimeIn, runtimeNote, runtimeWish } from "../runtime/offers";
import { appUser } from "../stack/stack";
import { type CargoProject, cargoProject, cargoReads } from "./cargo-project";

const app = appUser.home;
const target = "/var/cache/cargo/target";

const catalogue: RuntimeCatalogue = {
  title: "Rust",
  lines: ["1"],
  image: (version) => `rust:${version}-slim-bookworm`,
  // Debian brings newer ones as its browsers want them.
  debian: [{ version: "1.85 or newer", releases: ">=1.85.0 <2" }],
};

/** Cargo projects. */
export const rust: Buildpack = {
  name: "rust",
  manifests: ["Cargo.toml"],
  language: "Rust",
  reads: cargoReads,
  detect: ({ texts }) => texts.has("Cargo.toml"),
  wants: (source, found) =>
    found.length > 0 ? null : runtimeWish(catalogue, cargoProject(source).constraint),
  plan(source, found): BuildPlan {
    const runtime = runtimeIn(found);
    const project = cargoProject(source);
    const web = project.defaultRun ?? (project.programs.length === 1 ? project.programs[0] : undefined);
    return {
      buildpack: "rust",
      notes: notesOf(source, project, runtime),
      excludes: ["target"],
      stages: [buildStage(source, runtime), programsImage],
      defaultProcesses: defaultWeb(source, web === undefined ? null : `bin/${web}`, {
        line: `web: bin/${project.programs[0] ?? "NAME"}`,
        or: `a default-run to Cargo.toml; the programs are ${project.programs.join(", ") || "those of the workspace"}`,
      }),
    };
  },
};

const buildStage = ({ names }: SourceView, runtime: Runtime): Stage => ({
  name: "build",
  from: { stack: "build" },
  steps: [
    ...installRuntime(runtime, {
      packages: ["cargo-web", "rustc-web"],
      imagePaths: ["/usr/local/cargo", "/usr/local/rustup"],
      imageLibraries: [],
      others: ["libssl-dev"],
    }),
    {
      do: "env",
      values: {
        CARGO_HOME: "/var/cache/cargo/home",
        CARGO_TARGET_DIR: target,
        CARGO_TERM_COLOR: "never",
        ...("image" in runtime.from
          ? { RUSTUP_HOME: "/usr/local/rustup", PATH: "/usr/local/cargo/bin:/usr/local/bin:/usr/bin:/bin" }
          : {}),
      },
    },
    { do: "workdir", path: app },
    { do: "copy", from: "source", paths: ["."], to: `${app}/` },
    {
      do: "run",
      title: "Building (cargo build --release)",
      // Programs of earlier commits lie in the cache; cargo links anew what is of this one.
      command: [
        `mkdir -p ${app}/bin ${target}/release`,
        `find ${target}/release -maxdepth 1 -type f -delete`,
        `cargo build --release${names.has("Cargo.lock") ? " --locked" : ""} --bins`,
        `find ${target}/release -maxdepth 1 -type f -executable -exec cp -t ${app}/bin {} +`,
        "rm -rf vendor",
      ].join(" && "),
      caches: [{ name: "cargo", path: "/var/cache/cargo" }],
    },
  ],
});

const notesOf = ({ names }: SourceView, { programs }: CargoProject, runtime: Runtime): string[] => [
  runtimeNote(runtime),
  `Programs: ${programs.map((name) => `bin/${name}`).join(", ") || "those of the workspace"}`,
  ...(names.has("Cargo.lock")
    ? []
    : ["No Cargo.lock: versions of dependencies may change from build to build."]),
];
