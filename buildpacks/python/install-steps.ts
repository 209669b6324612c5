import type { Step } from "../build-plan";
import type { SourceView } from "../buildpack";
import { appUser } from "../stack/stack";
import { type PythonProject, pipfileReadsSource, readsSource } from "./project";

/** The one environment that goes into the image. */
export const environmentHome = "/opt/venv";
/** What installs lives apart from it, and stays behind. */
const toolHome = "/opt/installer";
const caches = [{ name: "pip", path: "/var/cache/pip" }];
const listFile = "/tmp/dependencies.txt";
const copySource: Step = { do: "copy", from: "source", paths: ["."], to: `${appUser.home}/` };
const copyFiles = (paths: string[]): Step => ({ do: "copy", from: "source", paths, to: `${appUser.home}/` });

/** The steps that install the dependencies, and whether they have brought the source already. */
export function installSteps(source: SourceView, project: PythonProject): { steps: Step[]; source: boolean } {
  const create: Step = {
    do: "run",
    title: "Creating a virtual environment",
    command: `python3 -m venv --without-pip ${environmentHome}`,
  };
  const { steps, whole } = installerSteps(source, project);
  return { steps: [create, ...(whole ? [copySource] : []), ...steps], source: whole };
}

function installerSteps(source: SourceView, project: PythonProject): { steps: Step[]; whole: boolean } {
  switch (project.installer) {
    case null:
      return { steps: [], whole: false };
    case "requirements": {
      const whole = readsSource(source.texts.get("requirements.txt") ?? "");
      const install = pip("-r requirements.txt", "requirements.txt");
      return { steps: whole ? [install] : [copyFiles(["requirements.txt"]), install], whole };
    }
    case "pyproject":
      return pyprojectSteps(project);
    case "uv":
      return { steps: [tool("uv"), install("uv sync", uvSync(source.names))], whole: true };
    case "poetry":
      return { steps: [tool("poetry"), install("poetry install", poetryInstall)], whole: true };
    case "pipenv":
      return pipenvSteps(source);
  }
}

/** A package is installed as one; a mere list of dependencies need not be one. */
function pyprojectSteps({ pyproject }: PythonProject): { steps: Step[]; whole: boolean } {
  if (pyproject?.["build-system"]) return { steps: [pip(".", "pyproject.toml")], whole: true };
  const text = (pyproject?.project?.dependencies ?? [])
    .map((line) => `${line.replace(/[\r\n]/g, " ")}\n`)
    .join("");
  const steps: Step[] = [{ do: "file", path: listFile, text }, pip(`-r ${listFile}`, "pyproject.toml")];
  return { steps: text === "" ? [] : steps, whole: false };
}

/** The tool comes after the files, as with the others: config of builds may say where it is fetched from. */
function pipenvSteps({ names, texts }: SourceView): { steps: Step[]; whole: boolean } {
  const locked = names.has("Pipfile.lock");
  const command = `VIRTUAL_ENV=${environmentHome} ${toolHome}/bin/pipenv install ${locked ? "--deploy" : "--skip-lock"}`;
  const steps = [tool("pipenv"), install("pipenv install", command)];
  if (pipfileReadsSource(texts.get("Pipfile") ?? "")) return { steps, whole: true };
  return {
    steps: [copyFiles(locked ? ["Pipfile", "Pipfile.lock"] : ["Pipfile"]), ...steps],
    whole: false,
  };
}

/** Without a lock file there is nothing to hold to. */
const uvSync = (names: ReadonlySet<string>): string =>
  `UV_PROJECT_ENVIRONMENT=${environmentHome} UV_CACHE_DIR=/var/cache/pip/uv UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never ${toolHome}/bin/uv sync ${
    names.has("uv.lock") ? "--locked" : ""
  } --no-dev --no-editable`.replace(/ {2,}/g, " ");

const poetryInstall = `VIRTUAL_ENV=${environmentHome} PATH=${environmentHome}/bin:$PATH ${toolHome}/bin/poetry install --only main --no-root --no-interaction`;

/**
 * Compiled once for all, whoever installed it: the app's user could not keep what Python compiles later. By hashes, since modification times
 * would make every image another one. What is no Python of this release is never imported.
 */
const compile = `{ PYTHONHASHSEED=0 ${environmentHome}/bin/python -m compileall -f -qq --invalidation-mode unchecked-hash ${environmentHome}/lib || true; }`;

const install = (what: string, command: string): Step => ({
  do: "run",
  title: `Installing dependencies (${what})`,
  command: `${command} && ${compile}`,
  caches,
});
const pip = (words: string, from: string): Step =>
  install(
    `pip, ${from}`,
    `python3 -m pip --python ${environmentHome}/bin/python install --no-compile ${words}`,
  );
const tool = (name: string): Step => ({
  do: "run",
  title: `Installing ${name}`,
  command: `python3 -m venv --without-pip ${toolHome} && python3 -m pip --python ${toolHome}/bin/python install ${name}`,
  caches,
  fault: `${name} could not be installed. Is Python's package index in reach of this machine? Config of builds can name another one: paas config:set --build PIP_INDEX_URL=...`,
});
