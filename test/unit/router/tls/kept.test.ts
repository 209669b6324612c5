import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nextTicketDay, ticketKey } from "../../../../router/tls/ticket-keys";
import { Stage, table } from "./stage";

const stage = Stage.use();

test("certificates are kept on disk sealed, found again after a restart, and removed when no table names them", async () => {
  await stage.stocked("disk");
  const place = join(stage.directory, "disk");
  expect(readdirSync(place).sort()).toEqual(["blog1", "broken", "shop1"]);
  for (const file of readdirSync(place))
    expect(readFileSync(join(place, file), "utf8")).not.toContain("PRIVATE");
  const next = stage.shelf("disk");
  await next.load(table({ "shop.localhost": "shop1" }));
  next.take(table({ "shop.localhost": "shop1" }));
  expect(next.contextFor("shop.localhost")).toBeDefined();
  await next.tidy();
  expect(readdirSync(place)).toEqual(["shop1"]);
  expect(stage.shelf("disk", null).any).toBe(false);
});

test("ticket keys are the same for all routers of a day, and gone after it", async () => {
  const place = join(stage.directory, "days");
  const now = Date.UTC(2026, 10, 20, 12);
  const keys = await Promise.all([
    ticketKey(place, now),
    ticketKey(place, now),
    ticketKey(place, now + 3_600_000),
  ]);
  expect(new Set(keys.map((one) => one.toString("hex"))).size).toBe(1);
  const next = await ticketKey(place, nextTicketDay(now));
  expect(next.equals(keys[0] ?? next)).toBe(false);
  expect(readdirSync(place)).toHaveLength(1);
});
