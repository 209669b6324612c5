import { BodyWatch } from "../../../router/admission/body-watch";
import { clientOf, OwnCounts } from "../../../router/admission/client-counts";
import { loginIn, Passwords } from "../../../router/admission/passwords";
import { fc } from "../../support/properties";

test.each([
  ["1.2.3.4", "1.2.3.4"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("%s is the client %s", (address, client) => expect(clientOf(address)).toBe(client));

describe("the rate of a client", () => {
  const rate = { requests: 10, perMs: 1_000 };

  test("is so many at once, then one as each tenth of the second is over", () => {
    let now = 0;
    const counts = new OwnCounts(() => now);
    const burst = Array.from({ length: 12 }, () => counts.take("a", "c", rate));
    expect(burst).toEqual([...Array(10).fill(0), 100, 100]);
    now = 99;
    expect(counts.take("a", "c", rate)).toBeCloseTo(1);
    now = 100;
    expect(counts.take("a", "c", rate)).toBe(0);
    expect(counts.take("a", "c", rate)).toBeCloseTo(100);
    expect(counts.take("b", "c", rate)).toBe(0);
  });

  test("is never beaten, however requests are spread: of any span, the burst and what the span allows", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), (gaps) => {
        let now = 0;
        const counts = new OwnCounts(() => now);
        const taken: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (counts.take("a", "c", rate) === 0) taken.push(now);
        }
        for (const [first, from] of taken.entries())
          for (const [last, to] of taken.entries())
            if (last >= first) expect(last - first + 1).toBeLessThanOrEqual(10 + (to - from) / 100 + 1e-6);
      }),
    );
  });

  test("costs bounded memory, whatever addresses a client has", () => {
    const counts = new OwnCounts(() => 0, 100);
    for (let index = 0; index < 10_000; index += 1) counts.take("a", String(index), rate);
    expect(counts.size).toBeLessThanOrEqual(200);
  });
});

test("requests under way are counted by app and client, and forgotten at zero", () => {
  const counts = new OwnCounts(() => 0);
  expect([1, 2, 3].map(() => counts.enter("a", "c", 2))).toEqual([true, true, false]);
  counts.leave("a", "c");
  expect(counts.enter("a", "c", 2)).toBe(true);
  expect(counts.enter("b", "c", 2)).toBe(true);
});

describe("passwords", () => {
  const users = { ann: "hash of ann" };

  test("are tried once, and then known by a digest of their own", async () => {
    const tried: string[] = [];
    const passwords = new Passwords(async (password, hash) => {
      tried.push(hash);
      return `hash of ${password}` === hash;
    });
    const check = (name: string, password: string, whom = users) =>
      passwords.check({ name, password }, whom, "c");
    expect(await check("ann", "ann")).toBe(true);
    expect(check("ann", "ann")).toBe(true);
    expect(await check("ann", "bob")).toBe(false);
    // A name that nobody has costs as much as one that somebody has.
    expect(await check("bob", "ann")).toBe(false);
    expect(tried).toHaveLength(3);
    // A new hash makes the old password unknown.
    expect(await check("ann", "ann", { ann: "hash of dora" })).toBe(false);
  });

  test("are not tried without end: a client that guesses waits, and others do not wait for it", () => {
    const passwords = new Passwords(() => new Promise(() => undefined));
    const guess = (client: string) => passwords.check({ name: "ann", password: "x" }, users, client);
    const answers = [1, 2, 3, 4, 5].map(() => guess("c"));
    expect(answers.map((answer) => answer === "busy")).toEqual([false, false, false, false, true]);
    expect(guess("d")).not.toBe("busy");
  });

  test.each([
    ["Basic YW5uOmE6Yg==", { name: "ann", password: "a:b" }],
    ["basic  w7Y6w7Y=", { name: "ö", password: "ö" }],
    ["Bearer YW5uOmE6Yg==", null],
    ["Basic", null],
    ["Basic YW5u", null],
    [undefined, null],
  ])("of %j are %j", (header, login) => expect(loginIn(header)).toEqual(login));
});

describe("a body", () => {
  test("that comes slower than it must, while it is awaited, is slow", () => {
    const watch = new BodyWatch({ bodyRate: 1_000 }, 0);
    watch.takes(10_000);
    expect(watch.isSlow(20_000, true)).toBe(false);
    // The app was behind: not the client's fault.
    expect(watch.isSlow(60_000, false)).toBe(false);
    watch.takes(10_001);
    expect(watch.isSlow(60_001, true)).toBe(false);
    expect(watch.isSlow(60_100, true)).toBe(true);
  });

  test("may be as slow as it likes where 0 is set", () => {
    expect(new BodyWatch({ bodyRate: 0 }, 0).isSlow(1e9, true)).toBe(false);
    expect(new BodyWatch(undefined, 0).isSlow(1e9, true)).toBe(true);
  });
});
