import { maxLineBytes, safeLines } from "../../../core/log-text";
import { fc } from "../../support/properties";

const esc = "\u001b";
const colours = new RegExp(`${esc}\\[[0-9;:]*m`, "g");

describe("safeLines", () => {
  it.each([
    ["plain text", ["plain text"]],
    ["", [""]],
    ["tab\tstays", ["tab\tstays"]],
    ["windows\r", ["windows"]],
    ["two\nlines\r\nthree", ["two", "lines", "three"]],
    ["10%\r20%\r", ["10%", "20%"]],
    ["bell\u0007 nul\u0000 del\u007f c1\u009b2J", ["bell nul del c12J"]],
    [`${esc}[2J${esc}[1;1Hcleared`, ["cleared"]],
    [`${esc}]0;title\u0007after`, ["after"]],
    [`${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\`, ["link"]],
    [`${esc}Pq#0;2~-${esc}\\after`, ["after"]],
    [`${esc}(B${esc}7ok${esc}`, ["ok"]],
    [`${esc}[31mred${esc}[0m plain`, [`${esc}[31mred${esc}[0m plain`]],
    [`${esc}[1m${esc}[38;5;9mopen`, [`${esc}[1m${esc}[38;5;9mopen${esc}[0m`]],
    [`${esc}[31mred${esc}[m`, [`${esc}[31mred${esc}[m`]],
    ["smile \u{1f600} é", ["smile \u{1f600} é"]],
  ])("makes %j safe", (text, lines) => {
    expect(safeLines(text)).toEqual(lines);
  });

  it("splits long text between characters", () => {
    const text = `${"a".repeat(maxLineBytes - 1)}é${"b".repeat(20)}`;
    expect(safeLines(text)).toEqual(["a".repeat(maxLineBytes - 1), `é${"b".repeat(20)}`]);
  });

  it("does not cut a colour sequence in two", () => {
    const text = `${"a".repeat(maxLineBytes - 6)}${esc}[38;5;9mred${esc}[0m`;
    expect(safeLines(text)).toEqual(["a".repeat(maxLineBytes - 6), `${esc}[38;5;9mred${esc}[0m`]);
  });

  it("takes a line of many colours in no time", () => {
    const line = `${esc}[31mx`.repeat(20_000);
    const [first = ""] = safeLines(line);
    expect(first.endsWith(`x${esc}[0m`)).toBe(true);
    expect(safeLines(line).join("").replaceAll(`${esc}[0m`, "")).toBe(line);
  });

  it("never lets anything but text, tabs and closed colours through, and loses no printable character", () => {
    const wild = fc.string({
      unit: fc.oneof(
        fc.string({ unit: "binary", maxLength: 3 }),
        fc.constantFrom(esc, "[", "]", "31m", "0m", "\n", "\r", "é", "\u{1f600}"),
      ),
      maxLength: 60,
    });
    fc.assert(
      fc.property(wild, fc.constantFrom(1, 250), (text, times) => {
        for (const line of safeLines(text.repeat(times))) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes);
          expect(Buffer.from(line).toString()).toBe(line.replace(/[\ud800-\udfff]/gu, "\ufffd"));
          expect(line.replace(colours, "").replaceAll("\t", "")).not.toMatch(/\p{Cc}/u);
          const last = line.match(colours)?.at(-1);
          if (last) expect(last).toMatch(/\[0?m$/);
        }
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "é", "\u{1f600}", " "), maxLength: 50 }), (text) => {
        expect(safeLines(text.repeat(500)).join("")).toBe(text.repeat(500));
      }),
    );
  });
});
