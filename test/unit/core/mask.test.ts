import { maskFor } from "../../../core/mask";
import { fc } from "../../support/properties";

const through = (secrets: string[], pieces: string[]): string => {
  const mask = maskFor(secrets)();
  return pieces.map((piece) => mask.push(piece)).join("") + mask.end();
};

test("a secret is masked, wherever it is split", () => {
  expect(through(["hunter2!"], ["a hun", "ter", "2! b hunter"])).toBe("a [masked] b hunter");
  expect(through(["line one\nline two"], ["got line ", "two here"])).toBe("got [masked] here");
  expect(through(["p@ss/wörd"], ["https://me:p%40ss%2Fw%C3%B6rd@host"])).toBe("https://me:[masked]@host");
  expect(through(['a "key"\nof two'], ['{"key":"a \\"key\\"\\nof two"}'])).toBe('{"key":"[masked]"}');
  expect(through(["hunter2!"], ["basic aHVudGVyMiE="])).toBe("basic [masked]");
  expect(through(["abc"], ["abc is too short to be one"])).toBe("abc is too short to be one");
  expect(through(["secret", "secret-longer"], ["secret-long", "er, secret"])).toBe("[masked], [masked]");
});

test("no way to cut a text shows a secret, and all else comes through", () => {
  const word = fc.stringMatching(/^[ab]{5,8}$/);
  const text = fc.stringMatching(/^[abc ]{0,40}$/);
  fc.assert(
    fc.property(word, fc.array(text, { maxLength: 6 }), (secret, pieces) => {
      const shown = through([secret], pieces);
      expect(shown).not.toContain(secret);
      if (!pieces.join("").includes(secret)) expect(shown).toBe(pieces.join(""));
    }),
  );
});
