import { createHash } from "node:crypto";
import { labels } from "../../core/image";

/**
 * The two images that buildpacks build and run on: `build` has compilers, `run` next to nothing.
 * Their tags hold a hash of the recipe and the host's CA bundle, so a change of either makes new ones.
 */
export interface Stack {
  build: StackImage;
  run: StackImage;
}

export interface StackImage {
  role: "build" | "run";
  ref: string;
  dockerfile: string;
}

/** Where the host's CA bundle lies in both images, and on Debian hosts. */
export const caBundlePath = "/etc/ssl/certs/ca-certificates.crt";
/** Who runs apps: never root. */
export const appUser = { name: "app", id: 1000, home: "/app" } as const;

export const debianSuite = "bookworm";
export const debianImage = `debian:${debianSuite}-slim`;

/** What node and most compiled programs want at run time. */
export const runPackages = ["ca-certificates", "libatomic1", "libstdc++6", "netbase", "tzdata"];
const buildPackages = ["curl", "g++", "gcc", "git", "make", "patch", "pkg-config", "python3", "xz-utils"];

/** What of Debian an app never reads. */
export const leftOut = ["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*"];

/** Installs what is missing; apt's chatter is shown only when it fails. */
const install = (packages: string[]): string =>
  [
    `dpkg -s ${packages.join(" ")} >/dev/null 2>&1 || {`,
    "export DEBIAN_FRONTEND=noninteractive;",
    "{ apt-get update &&",
    `apt-get install -y --no-install-recommends ${packages.join(" ")}; } >/tmp/apt.log 2>&1`,
    "|| { cat /tmp/apt.log; exit 1; };",
    "rm -rf /tmp/apt.log /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log; }",
  ].join(" ");

/** The run image, upon plain Debian. The CA bundle is file `ca.crt` of the context. */
const runDockerfile = (base: string): string => `FROM ${base}
RUN ${install(runPackages)}
COPY ca.crt ${caBundlePath}
RUN touch /etc/apt/sources.list \\
 && groupadd --gid ${appUser.id} ${appUser.name} \\
 && useradd --uid ${appUser.id} --gid ${appUser.id} --home-dir ${appUser.home} --no-create-home --shell /bin/sh ${appUser.name} \\
 && mkdir ${appUser.home} && chown ${appUser.id}:${appUser.id} ${appUser.home}
LABEL ${labels.stack}=run
`;

/** The bundle comes again: installing packages may have regenerated the file. */
const buildDockerfile = (run: string): string => `FROM ${run}
RUN ${install(buildPackages)}
COPY ca.crt ${caBundlePath}
ENV NODE_EXTRA_CA_CERTS=${caBundlePath}
LABEL ${labels.stack}=build
`;

const hashLength = 12;

/** The stack for a CA bundle (PEM text). `base` is the reference of the plain Debian image the recipe starts from. */
export function stackFor(caBundle: Buffer, base: string): Stack {
  const recipe = [
    runDockerfile("debian"),
    buildDockerfile("run"),
    debianSuite,
    ...runPackages,
    ...leftOut,
  ].join("\n");
  const hash = createHash("sha256")
    .update(recipe)
    .update("\0")
    .update(caBundle)
    .digest("hex")
    .slice(0, hashLength);
  const run = `paas/stack-run:${hash}`;
  return {
    build: { role: "build", ref: `paas/stack-build:${hash}`, dockerfile: buildDockerfile(run) },
    run: { role: "run", ref: run, dockerfile: runDockerfile(base) },
  };
}
