import { isolateDockerfile } from "../../../../builder/dockerfile/isolate";

const isolate = (lines: string[], given: Record<string, string> = {}) =>
  isolateDockerfile(lines.join("\n"), new Map(Object.entries(given)), {
    cache: (name) => `mine-${name}`,
    secret: (name) => `sealed-${name}`,
  });
const images = (...lines: string[]): string[] => isolate(lines).references.map(({ image }) => image);
/** `<X>` as `${X}`, which the linter takes for a slip. */
const braces = (text: string): string => text.replaceAll("<", "$" + "{").replaceAll(">", "}");

describe("references", () => {
  it("are found in FROM, COPY --from and RUN --mount, and are not the file's own stages", () => {
    expect(
      images(
        "FROM node:24 AS Build",
        "FROM scratch",
        "from --platform=linux/amd64 alpine",
        "COPY --from=build /a /b",
        "COPY --from=0 /a /b",
        "COPY --chown=1:1 --from=other/app:1 /a /b",
        "RUN --mount=type=bind,target=/x,FROM=third echo",
        "RUN --mount=type=cache,target=/x,from=fourth --mount=from=BUILD,target=/y echo --mount=from=none",
      ),
    ).toEqual(["node:24", "alpine", "other/app:1", "third", "fourth"]);
  });

  it("hide neither in continuations and comments, nor in ONBUILD, nor behind another escape", () => {
    expect(images("FROM a", "RUN x \\", "  # no end \\", "", "  y", "FR\\", "OM b")).toEqual(["a", "b"]);
    expect(images("FROM a\r", "ONBUILD COPY --from=b / /\r")).toEqual(["a", "b"]);
    expect(images("# escape=`", "FROM a", "COPY `", " --from=b / /")).toEqual(["a", "b"]);
    expect(() => images("# other", "# escape=`", "FROM a", "RUN x `", "FROM b")).toThrow("the first line");
    expect(images("FROM a", "RUN <<END", "echo \\", "END", "FROM b")).toEqual(["a", "b"]);
  });

  it("have the values that the frontend would give them", () => {
    const lines = [
      "ARG NAME=paas",
      'ARG WHOLE="$NAME/p1"',
      "ARG UNSET",
      braces("FROM <WHOLE>/app:<TAG:-1>"),
      braces("FROM $UNSET<NAME:+x>y"),
      "FROM '$NAME'",
    ];
    expect(isolate(lines, { NAME: "given" }).references).toEqual([
      { image: "given/p1/app:1", line: 4 },
      { image: "xy", line: 5 },
      { image: "given", line: 6 },
    ]);
  });

  it.each([
    "FROM pa'as'/x",
    braces("FROM <NAME%x>"),
    "FROM a\\b",
    "FROM a\nCOPY --from=$NAME / /",
    'FROM a\nRUN --mount=from="b" x',
  ])("that could be read in two ways are refused: %j", (text) => {
    expect(() => isolate([text])).toThrow(/Line \d: /);
  });
});

it.each([
  ["a blank of some readers only at the beginning", ["FROM a", "\u0085ADD x /x"]],
  ["one between flags", ["FROM a", "COPY --chown=1\u0085--from=b / /"]],
  ["a line that is empty for some readers only", ["FROM a", "RUN x \\", "\uFEFF", "FROM b"]],
  ["a comment for some readers only", ["FROM a", "RUN x \\", "\u00a0# c", "FROM b"]],
  ["another language's first line", ["// syntax=evil/frontend", "FROM a"]],
  ["a list of directives", ['{"syntax": "evil/frontend"}', "FROM a"]],
  ["a directive that only some read", [" # escape=`", "FROM a", "RUN x `", "FROM b"]],
  ["a directive with two values", ["# escape=\\ `", "FROM a", "RUN x `", "FROM b"]],
  ["the end of a here-document that joins lines", ["FROM a", "RUN <<'E\\'", "E\\", "FROM b"]],
])("what engines read in several ways is refused: %s", (_what, lines) => {
  expect(() => isolate(lines)).toThrow(/Line \d: /);
});

it("no stage is called like an image of an app", () => {
  expect(images("FROM scratch AS paas/p1/app:1", "FROM paas/p1/app:1")).toEqual(["paas/p1/app:1"]);
});

describe("caches", () => {
  it("get names of the app, whatever they are called, and all else stays as it was written", () => {
    const text = [
      "FROM a",
      "RUN --mount=type=cache,target=/root/.npm \\",
      "    --mount=type=cache,id=npm,id=shared,sharing=locked,dst=/x --mount=type=secret,id=token npm ci",
      "RUN --mount=type=bind,target=/x,readonly echo --mount=type=cache,target=/y",
      "",
    ];
    expect(isolate(text).text.split("\n")).toEqual([
      "FROM a",
      "RUN --mount=type=cache,target=/root/.npm,id=mine-/root/.npm \\",
      "    --mount=type=cache,sharing=locked,dst=/x,id=mine-shared --mount=type=secret,target=/run/secrets/token,id=sealed-token npm ci",
      text[3],
      "",
    ]);
  });
});

describe("secrets", () => {
  it.each([
    ["id=T", "target=/run/secrets/T,id=sealed-T"],
    ["required=true,id=T,dst=/x,mode=0400", "required=true,dst=/x,mode=0400,id=sealed-T"],
    ["source=T", "target=/run/secrets/T,id=sealed-T"],
    ["target=/run/T", "target=/run/T,id=sealed-T"],
    ["id=T,env=TOKEN", "env=TOKEN,id=sealed-T"],
    ["required", "required"],
  ])("get names of the app: %s", (written, made) => {
    const { text } = isolate(["FROM a", `RUN --mount=type=secret,${written} x`]);
    expect(text).toBe(`FROM a\nRUN --mount=type=secret,${made} x`);
  });
});

it.each([
  "RUN --security=insecure mount",
  "RUN --network=host curl localhost",
  "ADD http://127.0.0.1:8081/ /x",
  'ADD ["git@example.org:a/b", "/x"]',
  "ADD $FILE /x",
  'ADD ["http:\\/\\/127.0.0.1:8081/", "/x"]',
  'ADD ["http:\\/\\/127.0.0.1:8081/","/x"]y',
  "ADD http:/\\/127.0.0.1:8081/ /x",
  'ADD "http:"//127.0.0.1:8081/ /x',
  "ADD root@10.0.0.1:repository.git /x",
  "ONBUILD ADD http:/\\/127.0.0.1:8081/ /x",
])("what would leave the sandbox is refused: %s", (line) => {
  expect(() => isolate(["FROM a", line])).toThrow("Line 2: ");
});

it("ordinary lines are not refused", () => {
  const lines = [
    "FROM a",
    "ADD --chown=1 a.tar $HOME/",
    'HEALTHCHECK --interval="5s" CMD x',
    "RUN --network=none id",
    "# an invisible \uFEFF in a comment",
    "RUN cat <<EOF \u00a0 && echo '<<' $((1<<2))",
    'ADD ["a b.tar", "c", "/x/"]',
  ];
  expect(isolate(lines).text).toBe(lines.join("\n"));
});

it("what a Dockerfile asks to be given is told", () => {
  const { inputs } = isolate([
    "ARG A=1 B",
    "FROM a",
    "arg C",
    "RUN --mount=type=secret,id=TOKEN --mount=type=secret,target=/run/secrets/OTHER x",
    "RUN --mount=type=secret,src=THIRD,target=/x y",
  ]);
  expect([...inputs.args]).toEqual(["A", "B", "C"]);
  expect([...inputs.secrets]).toEqual(["TOKEN", "OTHER", "THIRD"]);
});
