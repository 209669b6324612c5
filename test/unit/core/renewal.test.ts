import { challengeAnswer } from "../../../core/acme";
import { orderRestMs, renewalTime } from "../../../core/renewal";

const day = 86_400_000;

test("a certificate is renewed when a third of its life is left", () => {
  const life = { notBefore: new Date(0), notAfter: new Date(90 * day) };
  expect(renewalTime(life)).toBe(60 * day);
});

test("failures rest longer and longer, to a day, and as long as the authority asks, to a week", () => {
  const minutes = [1, 2, 3, 4, 30].map((failures) => orderRestMs(failures, null) / 60_000);
  expect(minutes).toEqual([5, 10, 20, 40, 1_440]);
  expect(orderRestMs(1, 7_200_000)).toBe(7_200_000);
  expect(orderRestMs(1, 1_000)).toBe(300_000);
  expect(orderRestMs(1, 365 * day)).toBe(7 * day);
});

test.each([
  ["/.well-known/acme-challenge/abc-DEF_1", "abc-DEF_1.thumb"],
  ["/.well-known/acme-challenge/", null],
  ["/.well-known/acme-challenge/a/b", null],
  ["/.well-known/acme-challenge/<script>", null],
  ["/.well-known/acme-challenge/abc?x=1", null],
  [`/.well-known/acme-challenge/${"a".repeat(257)}`, null],
  ["/x/.well-known/acme-challenge/abc", null],
])("%s is answered by %j", (path, answer) => expect(challengeAnswer(path, "thumb")).toBe(answer));
