import type { BuildPlan, Stage, Step } from "../build-plan";
import type { Buildpack, Runtime, RuntimeWish, SourceView } from "../buildpack";
import { installRuntime } from "../runtime/install";
import { type RuntimeCatalogue, runtimeIn, runtimeNote, runtimeWish } from "../runtime/offers";
import { appUser } from "../stack/stack";
import { type PhpProject, phpProject, usualExtensions } from "./composer-project";
import { configDirectory, fpmConfig, nginxConfig, serveCommand, serveScript } from "./server-files";

const app = appUser.home;
const debianLine = "8.2";

const catalogue: RuntimeCatalogue = {
  title: "PHP",
  lines: ["8.4", "8.3", "8.2", "8.1"],
  image: (version) => `php:${version}-fpm-bookworm`,
  debian: [{ version: debianLine, releases: ">=8.2.20 <8.3" }],
};

/** PHP apps, with Composer or without, behind nginx and FPM. */
export const php: Buildpack = {
  name: "php",
  manifests: ["composer.json", "index.php"],
  language: "PHP",
  reads: ["composer.json"],
  detect: ({ texts, files }) =>
    texts.has("composer.json") || files.has("index.php") || files.has("public/index.php"),
  wants: (source, found) => (found.length > 0 ? null : phpWish(phpProject(source))),
  plan(source, found): BuildPlan {
    const runtime = runtimeIn(found);
    const project = phpProject(source);
    return {
      buildpack: "php",
      notes: notesOf(source, project, runtime),
      excludes: project.composer ? ["vendor"] : [],
      stages: project.composer
        ? [composerStage(source, project, runtime), imageStage(project, runtime)]
        : [imageStage(project, runtime)],
      defaultProcesses: { web: { command: serveCommand } },
    };
  },
};

/** An official image holds the usual extensions; others come only from Debian. */
function phpWish({ constraint, extensions }: PhpProject): RuntimeWish {
  const wish = runtimeWish(catalogue, constraint);
  if (extensions.every((name) => usualExtensions.includes(name))) return wish;
  return { ...wish, offers: wish.offers.filter(({ from }) => "debian" in from) };
}

const extensionPackages = ({ extensions }: PhpProject): string[] =>
  extensions.map((name) => `php${debianLine}-${name}`);

const common = {
  imagePaths: ["/usr/local"],
  imageLibraries: [
    "libargon2-1",
    "libcurl4",
    "libonig5",
    "libreadline8",
    "libsodium23",
    "libsqlite3-0",
    "libssl3",
    "libxml2",
    "zlib1g",
  ],
};

const copyComposer: Step = {
  do: "copy",
  from: { image: "composer:2" },
  paths: ["/usr/bin/composer"],
  to: "/usr/local/bin/composer",
};

/** Composer makes up a name for the autoloader's class, another one at each build, unless an earlier autoloader has one: one for the manifest. */
const nameAutoloader =
  'mkdir -p vendor && echo "<?php // ComposerAutoloaderInit$(md5sum <composer.json | cut -c1-32)::" >vendor/autoload.php';

const composerStage = ({ names }: SourceView, project: PhpProject, runtime: Runtime): Stage => ({
  name: "build",
  from: { stack: "build" },
  steps: [
    ...installRuntime(runtime, {
      ...common,
      packages: [`php${debianLine}-cli`, ...extensionPackages(project), "composer", "unzip"],
    }),
    ...("image" in runtime.from ? [copyComposer] : []),
    {
      do: "env",
      values: {
        COMPOSER_ALLOW_SUPERUSER: "1",
        COMPOSER_CACHE_DIR: "/var/cache/composer",
        COMPOSER_NO_INTERACTION: "1",
      },
    },
    { do: "workdir", path: app },
    { do: "copy", from: "source", paths: ["."], to: `${app}/` },
    {
      do: "run",
      title: `Installing dependencies (composer install)`,
      command: `${nameAutoloader} && composer ${names.has("composer.lock") ? "validate --no-check-all --no-check-publish && composer " : ""}install --no-dev --prefer-dist --no-progress --optimize-autoloader`,
      caches: [{ name: "composer", path: "/var/cache/composer" }],
    },
  ],
});

const imageStage = (project: PhpProject, runtime: Runtime): Stage => {
  const directory = project.webRoot === "." ? app : `${app}/${project.webRoot}`;
  const fpm = "image" in runtime.from ? "/usr/local/sbin/php-fpm" : `/usr/sbin/php-fpm${debianLine}`;
  const content: Step = project.composer
    ? { do: "copy", from: { stage: "build" }, paths: [`${app}/`], to: `${app}/`, owner: appUser.id }
    : { do: "copy", from: "source", paths: ["."], to: `${app}/`, owner: appUser.id };
  return {
    name: "image",
    from: { stack: "run" },
    steps: [
      ...installRuntime(runtime, {
        ...common,
        purpose: " in the image",
        packages: [`php${debianLine}-fpm`, `php${debianLine}-cli`, ...extensionPackages(project)],
        others: ["nginx"],
      }),
      {
        do: "file",
        path: `${configDirectory}/nginx.conf`,
        text: nginxConfig({ directory, front: project.front, whole: project.webRoot === "." }),
      },
      { do: "file", path: `${configDirectory}/fpm.conf`, text: fpmConfig },
      { do: "file", path: `/usr/local/bin/${serveCommand}`, text: serveScript(fpm), executable: true },
      {
        do: "env",
        values: { HOME: app, PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
      },
      { do: "workdir", path: app },
      content,
      { do: "user", id: appUser.id },
    ],
  };
};

const notesOf = ({ names }: SourceView, project: PhpProject, runtime: Runtime): string[] => [
  runtimeNote(runtime),
  `Extensions: ${project.extensions.join(", ")}`,
  `Serving ${project.webRoot === "." ? "the root" : `${project.webRoot}/`} with nginx and FPM`,
  ...(project.composer && !names.has("composer.lock")
    ? ["No composer.lock: versions of dependencies may change from build to build."]
    : []),
];
