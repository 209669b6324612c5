import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stackImages } from "./base-image";

/** Dependencies that an app brings with it, made of Debian's packages: whoever builds it needs no registry. */
export interface Vendored {
  /** A program of `debian/`, called with a directory and `what`. */
  by: "wheels.py" | "gems.rb" | "maven.sh";
  /** Debian's packages. */
  from: string[];
  what: string[];
  /** Directory of the app. */
  into: string;
}

const interpreters = { "wheels.py": "python3", "gems.rb": "ruby", "maven.sh": "sh" };

/** Puts it into an app's directory: in a container of the build stack, whose Debian is the one that builds the app. */
export async function vendor({ by, from, what, into }: Vendored, directory: string): Promise<void> {
  const script = [
    "export DEBIAN_FRONTEND=noninteractive; mkdir -p /usr/share/man/man1",
    `{ apt-get update && apt-get install -y --no-install-recommends ${from.join(" ")}; } >&2`,
    `cat >/${by} && ${interpreters[by]} /${by} /made ${what.join(" ")} >&2`,
    "tar -C /made -c .",
  ].join(" && ");
  const words = ["run", "--rm", "--interactive", (await stackImages()).build.ref, "sh", "-c", script];
  const program = readFileSync(join(__dirname, "debian", by));
  const { status, stdout, stderr } = spawnSync("docker", words, { input: program, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${by} ended with ${status}: ${String(stderr).slice(-2000)}`);
  const place = join(directory, into);
  mkdirSync(place, { recursive: true });
  execFileSync("tar", ["-C", place, "-x"], { input: stdout });
}
