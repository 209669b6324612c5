import { memoryKillIn } from "../../../../builder/sandbox/kernel-log";

const step = "xlu7w1s7xruxtvnm1sqlbnvdl";
const kill = (what: string): string =>
  `[34570.04] oom-kill:constraint=C,nodemask=(null),cpuset=${step},mems_allowed=0,${what},task=perl,pid=32201,uid=0`;

test.each([
  ["its own limit", `oom_memcg=/docker/buildkit/${step},task_memcg=/docker/buildkit/${step}`, "own"],
  ["the limit of all steps", `oom_memcg=/docker/buildkit,task_memcg=/docker/buildkit/${step}`, "shared"],
  ["the machine", `global_oom,task_memcg=/docker/buildkit/${step}`, "shared"],
  ["another step", "oom_memcg=/docker/buildkit/other,task_memcg=/docker/buildkit/other", null],
])("the kernel's log says of a killed step that it was %s", (_what, text, expected) => {
  const log = `[1.0] eth0: renamed\n${kill(text)}\n[34570.05] Memory cgroup out of memory: Killed process 32201 (perl)\n`;
  expect(memoryKillIn(log, new Set([step]))).toBe(expected);
});

test("with systemd the step is its scope", () => {
  const scope = `docker-${step}.scope`;
  expect(
    memoryKillIn(
      kill(`oom_memcg=/system.slice/${scope},task_memcg=/system.slice/${scope}`),
      new Set([scope]),
    ),
  ).toBe("own");
});
