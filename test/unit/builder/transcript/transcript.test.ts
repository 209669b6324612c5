import { plainLine, plainText } from "../../../../builder/transcript/transcript";

it.each([
  ["plain\ttext", "plain\ttext"],
  ["\x1b[31mred\x1b[0m", "red"],
  ["10%\r50%\r100%\r", "100%"],
  ["\x1b]0;title\x07x", "x"],
  ["\x1b]8;;http://evil\x1b\\link", "link"],
  ["a\x1b[2J\x1b[Hb", "ab"],
  ["bell\x07 back\x08", "bell back"],
  ["\u202edesrever", "desrever"],
  ["\x9b31mc1", "31mc1"],
  ["\x9d52;c;eA==\x9cc1", "52;c;eA==c1"],
  ["\x1b]52;c;never ends", ""],
  ["\x1b(0charset\x0e", "charset"],
  ["\x1bP1$r\x1b\\dcs", "dcs"],
  ["snow ☃", "snow ☃"],
])("%j is shown as %j", (raw, shown) => {
  expect(plainLine(raw)).toBe(shown);
});

test("lines stay lines", () => {
  expect(plainText("a\r\n\x1b]0;x\n\nb\n")).toBe("a\n\n\nb\n");
});
