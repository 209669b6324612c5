import { healthCheckSchema } from "../../../core/healthcheck";
import { checksOfImage } from "../../../core/image-healthcheck";

const second = 1e9;

test("HEALTHCHECK is asked while it starts and as long as it runs, with PORT between the two", () => {
  const said = {
    Test: ["CMD-SHELL", "curl -f localhost/ || exit 1"],
    Interval: 10 * second,
    Timeout: 2 * second,
    StartPeriod: 20 * second,
    Retries: 4,
  };
  const checks = checksOfImage(said);
  const probe = { kind: "command", argv: ["/bin/sh", "-c", "curl -f localhost/ || exit 1"] };
  expect(checks).toMatchObject([
    { type: "startup", probe, attempts: 20, waitMs: 3_000, timeoutMs: 2_000 },
    { type: "readiness", probe: { kind: "tcp", port: null } },
    { type: "liveness", probe, attempts: 4, waitMs: 10_000, timeoutMs: 2_000, initialDelayMs: 20_000 },
  ]);
  for (const check of checks) expect(healthCheckSchema.parse(check)).toEqual(check);
});

test("what it does not say is Docker's default; a long start is asked as long, in larger steps", () => {
  const [startup, , liveness] = checksOfImage({ Test: ["CMD", "check", "it"], StartPeriod: 600 * second });
  expect(startup).toMatchObject({
    probe: { argv: ["check", "it"] },
    attempts: 30,
    waitMs: 23_000,
    timeoutMs: 10_000,
  });
  expect(liveness).toMatchObject({ attempts: 3, waitMs: 30_000, timeoutMs: 30_000 });
});

test.each([null, undefined, {}, { Test: null }, { Test: [] }, { Test: ["NONE"] }, { Test: ["CMD"] }])(
  "%j is no check",
  (said) => expect(checksOfImage(said)).toEqual([]),
);
