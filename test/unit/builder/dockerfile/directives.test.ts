import { prepareDockerfile } from "../../../../builder/dockerfile/directives";

it("leaves a Dockerfile without a syntax line as it is", () => {
  const text = "FROM a\n# syntax=docker/dockerfile:1\nRUN b\n";
  expect(prepareDockerfile(text)).toEqual({ text, syntax: null });
});

it.each([
  "# syntax=docker/dockerfile:1\nFROM a\n",
  "#syntax = docker/dockerfile:1  \nFROM a\n",
  "\uFEFF# SYNTAX=docker/dockerfile:1\r\nFROM a\n",
  "\uFEFF\uFEFF# syntax=docker/dockerfile:1\nFROM a\n",
])("neutralises %j and names the frontend", (raw) => {
  const { text, syntax } = prepareDockerfile(raw);
  expect(syntax).toBe("docker/dockerfile:1");
  expect(text).toMatch(/^# \(.*\)\nFROM a\n$/);
});

it("keeps the other directives directives, and every line at its number", () => {
  const { text } = prepareDockerfile("# syntax=x\n# escape=`\nFROM a\n");
  const lines = text.split("\n");
  expect(lines[0]).toBe("# escape=`");
  expect(lines[2]).toBe("FROM a");
  expect(text).not.toMatch(/^#\s*syntax\s*=/im);
});

it.each(["\r", "\u2028"])("neutralises a syntax line with %j in its value", (character) => {
  const { text, syntax } = prepareDockerfile(`# syntax=evil/frontend:1 ${character}y\nFROM a\n`);
  expect(syntax).toMatch(/^evil/);
  expect(text).not.toContain("evil");
});

it("takes a shebang for an ordinary comment, behind which nothing is a directive", () => {
  const { text } = prepareDockerfile("#!/usr/bin/docker\n# syntax=evil/frontend:1\nFROM a\n");
  expect(text).toBe("# !/usr/bin/docker\n# syntax=evil/frontend:1\nFROM a\n");
});
