import type { BuildPlan, Stage, Step } from "../build-plan";
import type { Buildpack, Runtime, SourceView } from "../buildpack";
import { nativeLibraries } from "../debian/native-libraries";
import { defaultWeb } from "../default-web";
import { installRuntime } from "../runtime/install";
import { runtimeIn, runtimeNote } from "../runtime/offers";
import { appUser, caBundlePath } from "../stack/stack";
import { environmentHome, installSteps } from "./install-steps";
import { isDjango, webCommand } from "./processes";
import { type PythonProject, projectOf, pythonReads } from "./project";
import { pythonWish } from "./versions";

const app = appUser.home;
const manifests = ["requirements.txt", "pyproject.toml", "Pipfile", "manage.py"];

/** Python apps with pip, uv, poetry or pipenv. */
export const python: Buildpack = {
  name: "python",
  manifests,
  language: "Python",
  reads: pythonReads,
  detect: ({ names }) => manifests.some((name) => names.has(name)),
  wants: (source, found) => (found.length > 0 ? null : pythonWish(source, projectOf(source))),
  plan(source, found): BuildPlan {
    const runtime = runtimeIn(found);
    const project = projectOf(source);
    const or = isDjango(source)
      ? "gunicorn to the dependencies"
      : "gunicorn or uvicorn to the dependencies, or a main.py";
    return {
      buildpack: "python",
      notes: notesOf(source, project, runtime),
      excludes: [".venv", "venv", "__pycache__"],
      stages: [buildStage(source, project, runtime), imageStage(source, project, runtime)],
      defaultProcesses: defaultWeb(source, webCommand(source, project), { line: "web: python main.py", or }),
    };
  },
};

const libraries = [
  "libbz2-1.0",
  "libffi8",
  "libgdbm6",
  "liblzma5",
  "libncursesw6",
  "libreadline8",
  "libsqlite3-0",
  "libssl3",
  "libuuid1",
  "zlib1g",
];
const common = { imagePaths: ["/usr/local"], imageLibraries: libraries };

function buildStage(source: SourceView, project: PythonProject, runtime: Runtime): Stage {
  const packages = ["python3-dev", "python3-pip", "python3-venv"];
  const install = installSteps(source, project);
  const rest: Step[] = isDjango(source) ? [...(install.source ? [] : [copySource]), collectStatic] : [];
  return {
    name: "build",
    from: { stack: "build" },
    steps: [
      ...installRuntime(runtime, {
        ...common,
        packages,
        others: nativeLibraries(project.dependencies).build,
      }),
      {
        do: "env",
        values: {
          PIP_CACHE_DIR: "/var/cache/pip",
          PIP_CERT: caBundlePath,
          PIP_DISABLE_PIP_VERSION_CHECK: "1",
          PIP_ROOT_USER_ACTION: "ignore",
          PYTHONDONTWRITEBYTECODE: "1",
        },
      },
      { do: "workdir", path: app },
      ...install.steps,
      ...rest,
    ],
  };
}

const copySource: Step = { do: "copy", from: "source", paths: ["."], to: `${app}/` };

/** Config is in builds only where it was set for them, but settings that read a key from it fail without one. */
const collectStatic: Step = {
  do: "run",
  title: "Collecting static files (Django)",
  command: `if grep -rqs STATIC_ROOT --include='*.py' .; then SECRET_KEY=\${SECRET_KEY:-only-for-the-build} DJANGO_SECRET_KEY=\${DJANGO_SECRET_KEY:-only-for-the-build} ${environmentHome}/bin/python manage.py collectstatic --noinput; else echo 'no STATIC_ROOT in the settings: nothing to collect'; fi`,
};

const imageStage = (source: SourceView, project: PythonProject, runtime: Runtime): Stage => ({
  name: "image",
  from: { stack: "run" },
  steps: [
    ...installRuntime(runtime, {
      ...common,
      purpose: " in the image",
      packages: ["python3"],
      others: nativeLibraries(project.dependencies).run,
    }),
    {
      do: "env",
      values: {
        HOME: app,
        PATH: `${environmentHome}/bin:/usr/local/bin:/usr/bin:/bin`,
        PYTHONUNBUFFERED: "1",
        REQUESTS_CA_BUNDLE: caBundlePath,
        VIRTUAL_ENV: environmentHome,
      },
    },
    { do: "workdir", path: app },
    { do: "copy", from: { stage: "build" }, paths: [`${environmentHome}/`], to: `${environmentHome}/` },
    isDjango(source)
      ? { do: "copy", from: { stage: "build" }, paths: [`${app}/`], to: `${app}/`, owner: appUser.id }
      : { ...copySource, owner: appUser.id },
    { do: "user", id: appUser.id },
  ],
});

function notesOf({ names }: SourceView, { installer }: PythonProject, runtime: Runtime): string[] {
  const locks = { uv: "uv.lock", poetry: "poetry.lock", pipenv: "Pipfile.lock" } as const;
  const lock = installer !== null && installer in locks ? locks[installer as keyof typeof locks] : null;
  return [
    runtimeNote(runtime),
    installer === null
      ? "No dependencies are named."
      : `Dependencies by ${installer === "requirements" || installer === "pyproject" ? "pip" : installer}`,
    ...(lock !== null && !names.has(lock)
      ? [`No ${lock}: versions of dependencies may change from build to build.`]
      : []),
  ];
}
