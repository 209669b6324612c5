import { ignoreRule } from "../../../../builder/dockerfile/docker-ignore";

it.each([
  ["node_modules", "node_modules/a/b.js", true],
  ["node_modules", "src/node_modules/b.js", false],
  ["**/node_modules", "src/node_modules/b.js", true],
  ["*.log\n!keep.log", "keep.log", false],
  ["*.log\n!keep.log", "other.log", true],
  ["*\n!src/**", "src/a.js", false],
  ["*\n!src/**", "secret", true],
  ["# comment\n\n/dist/", "dist/x", true],
  ["docs\n!docs/README.md", "docs/README.md", false],
])("%j and %s: %s", (text, path, ignored) => {
  expect(ignoreRule(text)(path)).toBe(ignored);
});

it("leaves nothing out without a file", () => {
  expect(ignoreRule(undefined)("anything")).toBe(false);
});
