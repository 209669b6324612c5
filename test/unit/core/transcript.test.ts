import type { Event } from "../../../core/event";
import { complaint, transcriptOf } from "../../../core/transcript";

const event = (name: Event["name"], data: object): Event =>
  ({ id: 1, at: new Date(0), appId: "a", name, data, actor: "me" }) as Event;
const instance = { instance: "web.1", instanceId: "i", version: 2 };

test("a release's story as its pusher reads it", () => {
  const story = [
    event("release:created", { version: 2, description: "Deploy 1a2b3c4" }),
    event("instance:started", instance),
    event("instance:started", { ...instance, version: 1 }),
    event("instance:ready", { ...instance, check: "http 200" }),
    event("formation:changed", { quantities: {} }),
    event("routes:published", { version: 2, tableVersion: 9, targets: ["web.1", "web.2"] }),
    event("release:proven", { version: 2 }),
  ];
  expect(story.map((one) => transcriptOf(one, 2, "http://shop.test")).join("")).toBe(
    [
      "-----> Releasing v2: Deploy 1a2b3c4",
      "       Starting web.1",
      "       web.1 is up (http 200)",
      "       Requests go to web.1, web.2",
      "-----> http://shop.test deployed as v2",
      "",
    ].join("\n"),
  );
});

test("a failure is told with all its lines marked", () => {
  const failed = event("release:failed", { version: 2, reason: "web.1 ended\nboom" });
  expect(transcriptOf(failed, 2, "")).toBe(" !     v2 failed: web.1 ended\n !     boom\n");
  expect(complaint("a\nb")).toBe(" !     a\n !     b\n");
});
