import semver from "semver";
import type { RuntimeWish, SourceView } from "../buildpack";
import {
  type Constraint,
  type RuntimeCatalogue,
  runtimeWish,
  unreadable,
  versionRange,
} from "../runtime/offers";
import type { PythonProject } from "./project";

const catalogue: RuntimeCatalogue = {
  title: "Python",
  lines: ["3.14", "3.13", "3.12", "3.11", "3.10", "3.9"],
  image: (version) => `python:${version}-slim-bookworm`,
  debian: [{ version: "3.11", releases: "3.11.2" }],
};

/** Which Python: .python-version, runtime.txt, pyproject.toml, Pipfile, in this order. */
export function pythonWish(source: SourceView, project: PythonProject): RuntimeWish {
  return runtimeWish(catalogue, constraintOf(source, project));
}

function constraintOf({ texts }: SourceView, { pyproject, pipfile }: PythonProject): Constraint | null {
  const file = texts
    .get(".python-version")
    ?.split("\n")
    .find((line) => /^\s*[^#\s]/.test(line));
  if (file !== undefined) return exactly(".python-version", file.trim().replace(/^(cpython|python)-/, ""));
  const runtime = texts.get("runtime.txt");
  if (runtime !== undefined) return exactly("runtime.txt", runtime.trim().replace(/^python-/, ""));
  const requires = pyproject?.project?.["requires-python"];
  if (requires !== undefined) return specified("pyproject.toml: requires-python", requires);
  const poetry = pyproject?.tool?.poetry?.dependencies?.python;
  if (typeof poetry === "string") return poetryRange(poetry);
  const pipenv = pipfile?.requires?.python_full_version ?? pipfile?.requires?.python_version;
  return pipenv === undefined ? null : exactly("Pipfile", pipenv);
}

function exactly(place: string, text: string): Constraint {
  const range = versionRange(text);
  if (range === null) throw unreadable(place, text, "3.11");
  return { range, reason: `${place} ${JSON.stringify(text)}` };
}

function specified(place: string, text: string): Constraint {
  const range = pep440Range(text);
  if (range === null) throw unreadable(place, text, '">=3.11"');
  return { range, reason: `${place} ${JSON.stringify(text)}` };
}

/** Poetry adds carets and tildes to the specifiers, which mean what they mean in semver. */
function poetryRange(text: string): Constraint {
  const range = pep440Range(text) ?? semver.validRange(text.replace(/,/g, " "));
  if (range === null) throw unreadable("pyproject.toml: python", text, '"^3.11"');
  return { range, reason: `pyproject.toml: python ${JSON.stringify(text)}` };
}

/**
 * PEP 440's version specifiers as a semver range; null when they cannot be read. `!=` is left away: it only takes single releases out.
 */
export function pep440Range(text: string): string | null {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("!="));
  const ranges = parts.map(specifierRange);
  return ranges.includes(null) ? null : ranges.join(" ") || "*";
}

function specifierRange(text: string): string | null {
  const [, operator = "", version = "", any] =
    /^(~=|===?|<=|>=|<|>)\s*(\d+(?:\.\d+){0,2})(\.\*)?$/.exec(text) ?? [];
  if (operator === "") return null;
  const parts = version.split(".");
  if (operator === "~=") {
    if (parts.length < 2) return null;
    const above = parts.slice(0, -1).map(Number);
    above.push((above.pop() ?? 0) + 1);
    return `>=${version} <${above.join(".")}`;
  }
  if (operator.startsWith("==")) return any ? `${version}.x` : `=${version}`;
  return `${operator}${[...parts, "0", "0"].slice(0, 3).join(".")}`;
}
