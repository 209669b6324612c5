import { z } from "zod";
import type { SourceView } from "../buildpack";
import { parseTomlFile } from "../toml-file";

const pyprojectSchema = z.looseObject({
  project: z
    .looseObject({ "requires-python": z.string().optional(), dependencies: z.array(z.string()).optional() })
    .optional(),
  "build-system": z.looseObject({}).optional(),
  tool: z
    .looseObject({
      uv: z.looseObject({}).optional(),
      poetry: z.looseObject({ dependencies: z.record(z.string(), z.unknown()).optional() }).optional(),
    })
    .optional(),
});
const pipfileSchema = z.looseObject({
  packages: z.record(z.string(), z.unknown()).optional(),
  requires: z
    .looseObject({ python_version: z.string().optional(), python_full_version: z.string().optional() })
    .optional(),
});

/** What the source says about its dependencies. */
export interface PythonProject {
  pyproject: z.infer<typeof pyprojectSchema> | null;
  pipfile: z.infer<typeof pipfileSchema> | null;
  /** Who installs them; null: nobody has to. */
  installer: "uv" | "poetry" | "pipenv" | "requirements" | "pyproject" | null;
  /** Names of direct dependencies, lower-case; of lock files where these are all there is. */
  dependencies: ReadonlySet<string>;
}

export const pythonReads = [
  ".python-version",
  "runtime.txt",
  "requirements.txt",
  "pyproject.toml",
  "Pipfile",
  "app.py",
  "main.py",
  "wsgi.py",
  "asgi.py",
  "server.py",
];

export function projectOf({ names, texts }: SourceView): PythonProject {
  const pyprojectText = texts.get("pyproject.toml");
  const pipfileText = texts.get("Pipfile");
  const project = {
    pyproject:
      pyprojectText === undefined ? null : parseTomlFile("pyproject.toml", pyprojectText, pyprojectSchema),
    pipfile: pipfileText === undefined ? null : parseTomlFile("Pipfile", pipfileText, pipfileSchema),
  };
  return { ...project, installer: installerOf(names, project), dependencies: dependenciesOf(texts, project) };
}

type Manifests = Pick<PythonProject, "pyproject" | "pipfile">;

/** A lock file says it first, then what is written in. */
function installerOf(
  names: ReadonlySet<string>,
  { pyproject, pipfile }: Manifests,
): PythonProject["installer"] {
  if (names.has("uv.lock")) return "uv";
  if (names.has("poetry.lock")) return "poetry";
  if (pipfile) return "pipenv";
  if (names.has("requirements.txt")) return "requirements";
  if (pyproject?.tool?.uv) return "uv";
  if (pyproject?.tool?.poetry) return "poetry";
  return pyproject?.project ? "pyproject" : null;
}

function dependenciesOf(texts: ReadonlyMap<string, string>, { pyproject, pipfile }: Manifests): Set<string> {
  const lines = [
    ...(texts.get("requirements.txt") ?? "").split("\n"),
    ...(pyproject?.project?.dependencies ?? []),
    ...Object.keys(pyproject?.tool?.poetry?.dependencies ?? {}),
    ...Object.keys(pipfile?.packages ?? {}),
  ];
  return new Set(lines.flatMap((line) => /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1]?.toLowerCase() ?? []));
}

/** Whether requirements.txt names files of the repository, so that installing wants to see them. */
export const readsSource = (requirements: string): boolean =>
  /^\s*(-r|-c|-e|--requirement|--constraint|--editable|--find-links|-f|\.|\/|file:)|@\s*(file:|\.)/m.test(
    requirements,
  );

/** The same of a Pipfile. */
export const pipfileReadsSource = (pipfile: string): boolean => /\b(path|file)\s*=/.test(pipfile);
