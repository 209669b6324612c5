import { RequestIds } from "../../../router/request-ids";

test("ids are UUIDs of version 4, and none comes twice", () => {
  const ids = new RequestIds();
  const made = Array.from({ length: 1_000 }, () => ids.next());
  for (const id of made)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(made).size).toBe(1_000);
});
