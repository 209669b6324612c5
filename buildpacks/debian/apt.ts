import type { Cache, Step } from "../build-plan";

/** What apt downloads is the same for all apps, and it checks all of it by Debian's signatures. */
const caches: Cache[] = [
  { name: "apt-archives", path: "/var/cache/apt", shared: true },
  { name: "apt-lists", path: "/var/lib/apt/lists", shared: true },
];

/** Installs Debian packages; what apt says is shown only when it fails. `suite` names one beside the stack's own. */
export function aptInstall(title: string, packages: string[], suite?: string): Step {
  const source = suite === undefined ? [] : [addSuite(suite)];
  const install = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  const command = [
    "export DEBIAN_FRONTEND=noninteractive;",
    // Packages of Java fail where the directory of manual pages is left out.
    `{ mkdir -p /usr/share/man/man1 && ${[...source, "apt-get update", install].join(" && ")}; } >/tmp/apt.log 2>&1`,
    "|| { cat /tmp/apt.log; exit 1; };",
    "rm -rf /tmp/apt.log /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig /var/cache/debconf/*-old",
  ].join(" ");
  return { do: "run", title, command, caches };
}

/** From the mirror that the stack itself uses, in either form of apt's sources. */
const addSuite = (suite: string): string =>
  [
    "mirror=$(sed -n -E 's/^(deb|URIs:) +(\\[[^]]*\\] +)?([^ ]+).*/\\3/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)",
    `echo "deb $mirror ${suite} main" >/etc/apt/sources.list.d/${suite}.list`,
  ].join(" && ");
