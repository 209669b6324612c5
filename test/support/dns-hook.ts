import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How it behaves: `wrong` adds another value, `stays` cannot remove, `hangs` with a child of its own. */
export type HookConduct = "well" | "fails" | "hangs" | "wrong" | "stays";

/** A DNS hook as an operator writes it, which tells a pebble-challtestsrv. `clean` leaves nothing of it. */
export class TestDnsHook {
  readonly #directory = mkdtempSync(join(tmpdir(), "paas-dns-hook-"));
  readonly program = join(this.#directory, "hook");
  readonly environmentFile = join(this.#directory, "env");

  /** `managementUrl` is where that server is told what to answer. */
  constructor(managementUrl: string) {
    writeFileSync(this.environmentFile, `# of the zone\nDNS_API=${managementUrl}\nDNS_TOKEN=s3cret-token\n`, {
      mode: 0o600,
    });
    writeFileSync(this.program, script(this.#directory));
    chmodSync(this.program, 0o755);
    this.behave("well");
  }

  behave(conduct: HookConduct): void {
    writeFileSync(join(this.#directory, "conduct"), conduct);
  }

  /** What it was called with, a line a call; and the pids of what it left running. */
  get calls(): string[] {
    return this.#lines("calls");
  }
  get left(): number[] {
    return this.#lines("left").map(Number);
  }

  clean(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #lines(name: string): string[] {
    const file = join(this.#directory, name);
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }
}

const script = (directory: string): string => `#!/bin/sh
cd ${directory}
echo "$1 $2" >> calls
echo "calling with token $DNS_TOKEN"
conduct=$(cat conduct)
value=$3
case "$conduct-$1" in
  fails-present) echo "no such zone" >&2; exit 3;;
  stays-cleanup) echo "try again" >&2; exit 4;;
  hangs-present) sleep 600 & echo $! >> left; wait;;
  wrong-present) value=somebody-elses;;
esac
case "$1" in
  present) curl -fsS -d '{"host":"'"$2"'","value":"'"$value"'"}' "$DNS_API/set-txt";;
  cleanup) curl -fsS -d '{"host":"'"$2"'"}' "$DNS_API/clear-txt";;
esac
`;
