import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "../../../scripts/setup/docker-daemon";

test("a process is alive under its own name only, and a zombie is not", async () => {
  // The shell becomes a sleep, which never asks how its child has ended.
  const parent = spawn("sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const child = Number(String(line));
  while (!isAlive(parent.pid ?? 0, "sleep") || !isAlive(child, "sleep")) await pause(5);
  process.kill(child, "SIGKILL");
  while (!/^\d+ \(sleep\) Z/.test(readFileSync(`/proc/${child}/stat`, "utf8"))) await pause(5);
  expect(isAlive(parent.pid ?? 0, "containerd")).toBe(false);
  expect(isAlive(child, "sleep")).toBe(false);
  expect(isAlive(0, "sleep")).toBe(false);
  parent.kill("SIGKILL");
  await once(parent, "exit");
  expect(isAlive(parent.pid ?? 0, "sleep")).toBe(false);
});
