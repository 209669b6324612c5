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

const debianSuite = "bookworm";
export const debianImage = `debian:${debianSuite}-slim`;

/** What node and most compiled programs want at run time. */
const libraries = ["libatomic1", "libstdc++6", "netbase", "tzdata"];
/** The host's CA bundle comes as a file: the package would bring openssl and all of perl. A host without one has no choice. */
const runPackages = (caBundle: Buffer): string[] =>
  caBundle.length > 0 ? libraries : [...libraries, "ca-certificates"];
const buildPackages = ["curl", "g++", "gcc", "git", "make", "patch", "pkg-config", "python3", "xz-utils"];

/** What of Debian an app never reads. */
const leftOut = ["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*"];

/** How mmdebstrap makes plain Debian with the run packages. `usr-is-merged` keeps out its twin, which brings all of perl. */
export const bootstrapArguments = (caBundle: Buffer): string[] => [
  "--variant=minbase",
  "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
  `--include=${["usr-is-merged", ...runPackages(caBundle)].join(",")}`,
  '--aptopt=APT::Install-Recommends "false"',
  ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
  "--dpkgopt=path-include=/usr/share/doc/*/copyright",
  debianSuite,
];

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

/** The CA bundle is file `ca.crt` of the context. */
const trust = (caBundle: Buffer): string =>
  `${caBundle.length > 0 ? `COPY ca.crt ${caBundlePath}\n` : ""}ENV SSL_CERT_FILE=${caBundlePath}`;

/** The run image, upon plain Debian. */
const runDockerfile = (base: string, caBundle: Buffer): string => `FROM ${base}
RUN ${install(runPackages(caBundle))}
${trust(caBundle)}
RUN touch /etc/apt/sources.list \\
 && groupadd --gid ${appUser.id} ${appUser.name} \\
 && useradd --uid ${appUser.id} --gid ${appUser.id} --home-dir ${appUser.home} --no-create-home --shell /bin/sh ${appUser.name} \\
 && mkdir ${appUser.home} && chown ${appUser.id}:${appUser.id} ${appUser.home}
LABEL ${labels.stack}=run
`;

/** The bundle comes again: a package may have brought one of its own. */
const buildDockerfile = (run: string, caBundle: Buffer): string => `FROM ${run}
RUN ${install(buildPackages)}
${trust(caBundle)}
ENV NODE_EXTRA_CA_CERTS=${caBundlePath}
LABEL ${labels.stack}=build
`;

const hashLength = 12;

/** The stack for a CA bundle (PEM text; empty: the host has none). `base` is the plain Debian image the recipe starts from. */
export function stackFor(caBundle: Buffer, base: string): Stack {
  const recipe = [
    runDockerfile("debian", caBundle),
    buildDockerfile("run", caBundle),
    ...bootstrapArguments(caBundle),
  ].join("\n");
  const hash = shortHash(recipe, "\0", caBundle);
  const run = `paas/stack-run:${hash}`;
  return {
    build: { role: "build", ref: `paas/stack-build:${hash}`, dockerfile: buildDockerfile(run, caBundle) },
    run: { role: "run", ref: run, dockerfile: runDockerfile(base, caBundle) },
  };
}

/** The tag of a Debian made from packages, which holds the run packages already. */
export const bootstrappedDebian = (caBundle: Buffer): string =>
  `paas/stack-debian:${debianSuite}-${shortHash(bootstrapArguments(caBundle).join(" "))}`;

function shortHash(...parts: Array<string | Buffer>): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, hashLength);
}
