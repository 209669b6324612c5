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
import { basename, join } from "node:path";
import {
  holding,
  policyIsLeft,
  policyScript,
  restorePolicy,
  withoutStarting,
} from "../../../scripts/setup/service-policy";

let folder: string;
let file: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "paas-policy-"));
  file = join(folder, "policy-rc.d");
  lock = join(tmpdir(), `${basename(folder)}.lock`);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  rmSync(lock, { force: true });
});

const ask = (...words: string[]) => spawnSync(file, words).status;
/** The same question from inside an installer. */
const askInstalling = (...words: string[]) => {
  const [command, args] = holding(file, words, lock);
  return spawnSync(command, args).status;
};
const install = (script: string) => {
  writeFileSync(file, script);
  chmodSync(file, 0o755);
};

describe("withoutStarting", () => {
  it("forbids the named services and nothing else while it acts, and is gone afterwards", async () => {
    await withoutStarting(
      ["docker", "redis-server"],
      async () => {
        expect(askInstalling("docker", "start")).toBe(101);
        expect(askInstalling("--quiet", "redis-server.service", "start")).toBe(101);
        expect(askInstalling("nginx", "start")).toBe(0);
        expect(ask("docker", "start")).toBe(0);
      },
      { file, lock },
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("hands other questions to the policy that was there, and puts it back, also after a failure", async () => {
    const theirs = '#!/bin/sh\n[ "$1 $2" = "nginx start" ] && exit 101\nexit 104\n';
    install(theirs);
    const act = async () => {
      expect(ask("nginx", "start")).toBe(101);
      expect(ask("sshd", "start")).toBe(104);
      expect(askInstalling("docker", "start")).toBe(101);
      throw new Error("apt-get failed");
    };
    await expect(withoutStarting(["docker"], act, { file, lock })).rejects.toThrow("apt-get failed");
    expect(readFileSync(file, "utf8")).toBe(theirs);
    expect(readdirSync(folder)).toEqual(["policy-rc.d"]);
  });
});

describe("a set-up that was killed", () => {
  it("leaves a policy that forbids nothing once its installer has ended, too", () => {
    install(policyScript(["docker"], { file, lock }));
    expect(ask("docker", "start")).toBe(0);
    expect(policyIsLeft(file)).toBe(true);
  });

  it("is cleaned up by the next one, whichever step it reached", () => {
    restorePolicy(file);
    expect(existsSync(file)).toBe(false);

    install("#!/bin/sh\nexit 101\n");
    writeFileSync(`${file}.paas-original`, "#!/bin/sh\nexit 101\n");
    restorePolicy(file);
    expect(readdirSync(folder)).toEqual(["policy-rc.d"]);

    install(policyScript(["docker"], { file, lock }));
    writeFileSync(`${file}.paas-original`, "theirs");
    restorePolicy(file);
    expect(readFileSync(file, "utf8")).toBe("theirs");
    expect(readdirSync(folder)).toEqual(["policy-rc.d"]);
  });
});
