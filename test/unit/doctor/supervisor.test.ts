import { judgeSupervisor } from "../../../cli/local-checks/supervisor";

const role = (name: string, pid: number) => ({ name, pid, restarts: 0 });
const status = { pid: 1, roles: [role("router", 2), role("server", 3)] };

test("a supervisor and roles that run are well", () => {
  expect(judgeSupervisor(status, () => true)).toMatchObject([{ severity: "ok" }]);
});

test("each role that is gone is named", () => {
  const found = judgeSupervisor(status, (pid) => pid !== 3);
  expect(found.map(({ severity, what }) => [severity, what])).toEqual([
    ["error", "the role server (pid 3) is gone"],
  ]);
});

test("a supervisor that is gone comes first", () => {
  const found = judgeSupervisor(status, () => false);
  expect(found.map(({ what }) => what)).toEqual([
    "the supervisor (pid 1) is gone",
    "the role router (pid 2) is gone",
    "the role server (pid 3) is gone",
  ]);
});

test("no status file means no platform here", () => {
  expect(judgeSupervisor(null, () => true)[0]?.remedy).toContain("paas up");
});
