import type { BuildPlan, Stage } from "../build-plan";
import type { Buildpack, Runtime } from "../buildpack";
import { defaultWeb } from "../default-web";
import { programsImage } from "../programs-image";
import { installRuntime } from "../runtime/install";
import { type RuntimeCatalogue, runtimeIn, runtimeNote, runtimeWish } from "../runtime/offers";
import { appUser, caBundlePath } from "../stack/stack";
import { type GoModule, goModule, webProgram } from "./go-module";

const app = appUser.home;

const catalogue: RuntimeCatalogue = {
  title: "Go",
  lines: ["1.26", "1.25", "1.24", "1.23"],
  image: (version) => `golang:${version}-bookworm`,
  debian: [
    { version: "1.23", releases: "1.23.5", suite: "bookworm-backports" },
    { version: "1.19", releases: "1.19.8" },
  ],
};

/** Go modules, vendored or not. */
export const go: Buildpack = {
  name: "go",
  manifests: ["go.mod"],
  language: "Go",
  reads: ["go.mod", "main.go"],
  detect: ({ texts }) => texts.has("go.mod"),
  wants: (source, found) => (found.length > 0 ? null : runtimeWish(catalogue, goModule(source).constraint)),
  plan(source, found): BuildPlan {
    const runtime = runtimeIn(found);
    const module = goModule(source);
    const web = webProgram(module);
    return {
      buildpack: "go",
      notes: [
        runtimeNote(runtime),
        module.vendored ? "Dependencies from vendor/" : "Dependencies from the module proxy",
        `Programs: ${module.programs.map((name) => `bin/${name}`).join(", ") || "those of the packages built"}`,
      ],
      excludes: [],
      stages: [buildStage(module, runtime), programsImage],
      defaultProcesses: defaultWeb(source, web === null ? null : `bin/${web}`, {
        line: `web: bin/${module.programs[0] ?? "NAME"}`,
        or: `a cmd/web; the programs are ${module.programs.join(", ") || "neither at the root nor in cmd/"}`,
      }),
    };
  },
};

const homeOf = ({ from }: Runtime): string =>
  "image" in from ? "/usr/local/go" : `/usr/lib/go-${from.debian.version}`;

const buildStage = (module: GoModule, runtime: Runtime): Stage => ({
  name: "build",
  from: { stack: "build" },
  steps: [
    ...installRuntime(runtime, {
      packages: [`golang-${runtime.version}-go`],
      imagePaths: ["/usr/local/go"],
      imageLibraries: [],
    }),
    {
      do: "env",
      values: {
        GOCACHE: "/var/cache/go/build",
        GOFLAGS: module.vendored ? "-mod=vendor -trimpath" : "-mod=readonly -trimpath",
        GOMODCACHE: "/var/cache/go/modules",
        // The version is chosen by the plan, not fetched in the middle of a build.
        GOTOOLCHAIN: "local",
        PATH: `${homeOf(runtime)}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        SSL_CERT_FILE: caBundlePath,
      },
    },
    { do: "workdir", path: app },
    { do: "copy", from: "source", paths: ["."], to: `${app}/` },
    {
      do: "run",
      title: `Building ${module.packages.join(" ")}`,
      // What was vendored is in the programs now.
      command: `go build -buildvcs=false -ldflags='-s -w' -o ${app}/bin/ ${module.packages.join(" ")} && rm -rf vendor`,
      caches: [{ name: "go", path: "/var/cache/go" }],
    },
  ],
});
