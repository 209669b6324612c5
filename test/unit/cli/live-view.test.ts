import { LiveView } from "../../../cli/live-view";
import type { World } from "../../../cli/world";

const [enter, leave] = ["\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"];

/** A view on a terminal of that size; `written` is taken by each look. */
function viewOn(size: { rows?: number; columns?: number; isTTY?: boolean }, terminal = "xterm") {
  let written = "";
  let resized: () => void = () => undefined;
  const stdout = Object.assign({ isTTY: true, rows: 5, columns: 10 }, size, {
    write: (text: string) => {
      written += text;
    },
  }) as unknown as World["stdout"];
  const view = new LiveView({
    stdout,
    settings: { terminal } as World["settings"],
    onSignal: (_name, act) => {
      resized = act;
      return () => {
        resized = () => undefined;
      };
    },
  });
  const taken = () => {
    const text = written;
    written = "";
    return text;
  };
  return { view, stdout, resize: () => resized(), taken };
}

/** What a frame of those lines is, on a screen that was entered before. */
const frame = (...lines: string[]) => `\x1b[H${lines.map((line) => `\x1b[K${line}\n`).join("")}\x1b[J`;

test("each text takes the place of the one before, on a screen of its own", () => {
  const { view, taken } = viewOn({});
  view.begin("wait");
  expect(taken()).toBe(enter + frame("wait"));
  view.show(["one", "two"]);
  expect(taken()).toBe(frame("one", "two"));
  view.end();
  expect(taken()).toBe(leave);
});

test("what has no room is cut, and counted", () => {
  const { view, stdout, resize, taken } = viewOn({ rows: 4 });
  view.show(["a line of 20 columns", "two", "three", "four"]);
  expect(taken()).toBe(enter + frame("a line of ", "two", "... and 2 "));
  Object.assign(stdout, { rows: 10, columns: 40 });
  resize();
  expect(taken()).toBe(frame("a line of 20 columns", "two", "three", "four"));
  Object.assign(stdout, { rows: 1, columns: 1 });
  resize();
  expect(taken()).toBe(frame());
  view.end();
  resize();
  expect(taken()).toBe(leave);
});

test("nothing of what is shown can act on the terminal", () => {
  const { view, taken } = viewOn({ columns: 80 });
  view.show(["\x1b[2Jname"]);
  expect(taken()).toBe(enter + frame("\\x1b[2Jname"));
});

test.each([
  ["no terminal", viewOn({ isTTY: false })],
  ["one that knows no sequences", viewOn({}, "dumb")],
])("on %s texts stand one after the other", (_what, { view, taken }) => {
  view.begin("wait");
  view.show(["a line of 20 columns", "two"]);
  view.show(["three"]);
  view.end();
  expect(taken()).toBe("a line of 20 columns\ntwo\n\nthree\n\n");
});

test("a screen that was never entered is not left", () => {
  const { view, taken } = viewOn({});
  view.end();
  expect(taken()).toBe("");
});
