import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  policyScript,
  restorePolicy,
  startTimeOf,
  withoutStarting,
} from "../../../scripts/setup/service-policy";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "paas-policy-"));
  file = join(folder, "policy-rc.d");
});
afterEach(() => rmSync(folder, { recursive: true }));

const ask = (...words: string[]) => spawnSync(file, words).status;
const install = (script: string) => {
  writeFileSync(file, script);
  chmodSync(file, 0o755);
};

describe("withoutStarting", () => {
  it("forbids the named services and nothing else while it acts, and is gone afterwards", async () => {
    await withoutStarting(
      ["docker", "redis-server"],
      async () => {
        expect(ask("docker", "start")).toBe(101);
        expect(ask("--quiet", "redis-server.service", "start")).toBe(101);
        expect(ask("nginx", "start")).toBe(0);
      },
      file,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("hands other questions to the policy that was there, and puts it back, also after a failure", async () => {
    const theirs = '#!/bin/sh\n[ "$1 $2" = "nginx start" ] && exit 101\nexit 104\n';
    install(theirs);
    const act = async () => {
      expect(ask("nginx", "start")).toBe(101);
      expect(ask("sshd", "start")).toBe(104);
      expect(ask("docker", "start")).toBe(101);
      throw new Error("apt-get failed");
    };
    await expect(withoutStarting(["docker"], act, file)).rejects.toThrow("apt-get failed");
    expect(readFileSync(file, "utf8")).toBe(theirs);
    expect(readdirSync(folder)).toEqual(["policy-rc.d"]);
  });
});

describe("a set-up that was killed", () => {
  it("leaves a policy that forbids nothing", () => {
    install(policyScript(["docker"], file, process.pid, `${Number(startTimeOf(process.pid)) + 1}`));
    expect(ask("docker", "start")).toBe(0);
  });

  it("is cleaned up by the next one, whichever step it reached", () => {
    restorePolicy(file);
    expect(existsSync(file)).toBe(false);

    install("#!/bin/sh\nexit 101\n");
    writeFileSync(`${file}.paas-original`, "#!/bin/sh\nexit 101\n");
    restorePolicy(file);
    expect(readdirSync(folder)).toEqual(["policy-rc.d"]);

    install(policyScript(["docker"], file, 1, "0"));
    writeFileSync(`${file}.paas-original`, "theirs");
    restorePolicy(file);
    expect(readFileSync(file, "utf8")).toBe("theirs");
    expect(readdirSync(folder)).toEqual(["policy-rc.d"]);
  });
});
