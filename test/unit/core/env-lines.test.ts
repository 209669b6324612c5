import { parseEnvLines } from "../../../core/env-lines";
import { shellWord } from "../../../core/shell-word";
import { fc } from "../../support/properties";

test.each([
  ["A=1", { A: "1" }],
  ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["  export A=1", { A: "1" }],
  ["# A=1\n\n  # B=2\nC=3", { C: "3" }],
  ["A=b=c", { A: "b=c" }],
  ["A=", { A: "" }],
  ['A=""  # nothing', { A: "" }],
  ["A=two words   # and a comment", { A: "two words" }],
  ["A=a#b", { A: "a#b" }],
  ["A=it's", { A: "it's" }],
  ["A='x\ny'\nB=z", { A: "x\ny", B: "z" }],
  ["A='a'\\''b'", { A: "a'b" }],
  ['A="a\\nb\\"c\\\\d\\$e\\f"', { A: 'a\nb"c\\d$e\\f' }],
  ["A=1\nA=2", { A: "2" }],
])("%j", (text, values) => {
  expect(parseEnvLines(text)).toEqual(values);
});

test.each([
  ["secret", 1],
  ["A=1\nB: secret", 2],
  ["A=1\n1B=secret", 2],
  ["A='secret", 1],
  ["A='secret' secret", 1],
  ["A='x\ny'\n=secret", 3],
])("%j is refused with its line, and without its text", (text, line) => {
  expect(() => parseEnvLines(text)).toThrow(`Line ${line} is not NAME=value.`);
});

test("what a shell could read comes back as it was", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]*$/), fc.string({ unit: "binary" })),
      (config) => {
        const text = Object.entries(config).map(([name, value]) => `${name}=${shellWord(value)}\n`);
        expect(parseEnvLines(text.join(""))).toEqual(config);
      },
    ),
  );
});
