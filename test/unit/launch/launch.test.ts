import { execFileSync } from "node:child_process";
import { launch, oneOffLaunch } from "../../../core/launch";
import { fc } from "../../support/properties";

const argv = (command: string) => launch(command).argv;
const isWrapped = (command: string) => argv(command).length === 5;

describe("a simple command of plain words needs no shell", () => {
  test.each([
    ["node index.js", {}, ["node", "index.js"]],
    ["  node   a.js\t-x ", {}, ["node", "a.js", "-x"]],
    ["FOO=1 node a.js", { FOO: "1" }, ["node", "a.js"]],
    ["A='b c' D=\"e $\" _F= node", { A: "b c", D: "e $", _F: "" }, ["node"]],
    ["node --opt=1 A=b", {}, ["node", "--opt=1", "A=b"]],
    [`node 'a b' "c d" e\\ f ''`, {}, ["node", "a b", "c d", "e f", ""]],
    [`"FOO=1" x`, {}, ["FOO=1", "x"]],
    ["node a#b 'x'#y", {}, ["node", "a#b", "x#y"]],
    ['echo "a\\$b\\"c\\\\d\\e"', {}, ["echo", 'a$b"c\\d\\e']],
    ["node a~b", {}, ["node", "a~b"]],
    ["'if' x", {}, ["if", "x"]],
  ])("%s", (command, env, words) => expect(launch(command)).toEqual({ env, argv: words }));
});

test.each([
  ["node $FILE", "exec node $FILE"],
  ["FOO=$BAR node a.js", "FOO=$BAR exec node a.js"],
  ["A=1 B=2 node *.js", "A=1 B=2 exec node *.js"],
  ["node a.js 2>&1", "exec node a.js 2>&1"],
  ["node a.js > /tmp/log", "exec node a.js > /tmp/log"],
  [`node "\${PORT:-5000}"`, `exec node "\${PORT:-5000}"`],
  ["~/bin/app", "exec ~/bin/app"],
  ["$CMD x", "exec $CMD x"],
])("%s is exec'ed by a shell", (command, line) => expect(argv(command)).toEqual(["/bin/sh", "-c", line]));

test.each([
  "a && b",
  "a; b",
  "a | b",
  "a & b",
  "a&",
  "(a)",
  "{ a; }",
  "cd x",
  "exec a",
  "if a; then b; fi",
  "a $(b)",
  "a `b`",
  "FOO=1",
  "a 'unclosed",
  'a "unclosed',
  "a <<E",
  "a <(b)",
  "# nothing",
  "a # b",
  ". ./env",
  "a\nb",
  "a \\",
  "a &> b",
  "! a",
  `a "\${b:-"c"}"`,
  "",
])("%j is left to the wrapper", (command) => expect(isWrapped(command)).toBe(true));

test("plain words mean to us what they mean to a shell", () => {
  const piece = fc.constantFrom(
    "a",
    "B9",
    "'x y'",
    '"p q"',
    "\\ ",
    "\\'",
    '"\\""',
    "'$X'",
    "=",
    ":",
    "-",
    "/",
    "\\\\",
    '"\\n"',
    "é",
    "%",
    "''",
  );
  const word = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const { argv: ours } = launch(`printf ${words.join(" ")}`);
      expect(ours[0]).toBe("printf");
      const theirs = execFileSync(
        "/bin/sh",
        ["-c", `for w in ${words.join(" ")}; do printf '%s\\0' "$w"; done`],
        { encoding: "utf8" },
      );
      expect(ours.slice(1)).toEqual(theirs.split("\0").slice(0, -1));
    }),
    { numRuns: 150 },
  );
});

describe("one-offs", () => {
  const types = {
    migrate: { command: "node migrate.js" },
    both: { command: "a && b" },
    web: { command: null },
  };
  test.each([
    [
      ["node", "a b", "$X", "&&"],
      ["node", "a b", "$X", "&&"],
    ],
    [["ls"], ["ls"]],
    [["a && b"], ["/bin/sh", "-c", "a && b"]],
    [
      ["sh", "-c", "exit 7"],
      ["sh", "-c", "exit 7"],
    ],
    [
      ["migrate", "--to", "a b"],
      ["node", "migrate.js", "--to", "a b"],
    ],
    [["both"], ["/bin/sh", "-c", "a && b", "sh"]],
    [
      ["both", "$x"],
      ["/bin/sh", "-c", 'a && b "$@"', "sh", "$x"],
    ],
    [["web"], []],
    [["constructor"], ["constructor"]],
  ])("%j", (words, expected) => expect(oneOffLaunch(words, types).argv).toEqual(expected));

  test("a type's leading words become environment, its variables the shell's affair", () => {
    expect(oneOffLaunch(["m", "x"], { m: { command: "A=1 node m" } })).toEqual({
      env: { A: "1" },
      argv: ["node", "m", "x"],
    });
    expect(oneOffLaunch(["m", "x"], { m: { command: "node $A" } }).argv).toEqual([
      "/bin/sh",
      "-c",
      'exec node $A "$@"',
      "sh",
      "x",
    ]);
  });
});
