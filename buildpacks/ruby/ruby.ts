import type { ProcessTypes } from "../../core/release";
import type { BuildPlan, Stage, Step } from "../build-plan";
import type { Buildpack, Runtime, SourceView } from "../buildpack";
import { nativeLibraries } from "../debian/native-libraries";
import { defaultWeb } from "../default-web";
import { installRuntime } from "../runtime/install";
import { type RuntimeCatalogue, runtimeIn, runtimeNote, runtimeWish } from "../runtime/offers";
import { appUser } from "../stack/stack";
import { assetGem, type RubyProject, rubyProject, rubyReads } from "./gemfile";

const app = appUser.home;
const gemHome = "/opt/gems";

const catalogue: RuntimeCatalogue = {
  title: "Ruby",
  lines: ["3.4", "3.3", "3.2", "3.1"],
  image: (version) => `ruby:${version}-slim-bookworm`,
  debian: [{ version: "3.1", releases: "3.1.2" }],
};

/** Ruby apps with Bundler; Rails and Rack by default. */
export const ruby: Buildpack = {
  name: "ruby",
  manifests: ["Gemfile"],
  language: "Ruby",
  reads: rubyReads,
  detect: ({ texts }) => texts.has("Gemfile"),
  wantsBefore(source) {
    const gem = source.texts.has("package.json") ? assetGem(rubyProject(source)) : undefined;
    return gem === undefined ? null : { buildpack: "nodejs", reason: `${gem} in the Gemfile wants Node.js` };
  },
  wants: (source, found) =>
    found.length > 0 ? null : runtimeWish(catalogue, rubyProject(source).constraint),
  plan(source, found): BuildPlan {
    const runtime = runtimeIn(found);
    const project = rubyProject(source);
    return {
      buildpack: "ruby",
      notes: [runtimeNote(runtime), ...notesOf(project)],
      excludes: [],
      stages: [buildStage(source, project, runtime), imageStage(source, project, runtime)],
      defaultProcesses: processes(source, project),
    };
  },
};

const environment = (source: SourceView): Record<string, string> => ({
  BUNDLE_APP_CONFIG: "/opt/gems/config",
  BUNDLE_PATH: gemHome,
  BUNDLE_WITHOUT: "development:test",
  RACK_ENV: "production",
  ...(isRails(source)
    ? { RAILS_ENV: "production", RAILS_LOG_TO_STDOUT: "1", RAILS_SERVE_STATIC_FILES: "1" }
    : {}),
});

const common = {
  imagePaths: ["/usr/local"],
  imageLibraries: ["libffi8", "libgmp10", "libssl3", "libyaml-0-2", "zlib1g"],
};

function buildStage(source: SourceView, project: RubyProject, runtime: Runtime): Stage {
  const files = ["Gemfile", "Gemfile.lock", ".ruby-version"].filter((name) => source.names.has(name));
  const vendored: Step[] = project.vendored
    ? [{ do: "copy", from: "source", paths: ["vendor/cache/"], to: `${app}/vendor/cache/` }]
    : [];
  return {
    name: "build",
    from: { stack: "build" },
    steps: [
      ...installRuntime(runtime, {
        ...common,
        packages: ["ruby", "ruby-bundler", "ruby-dev"],
        others: ["libffi-dev", "libyaml-dev", ...nativeLibraries(project.gems).build],
      }),
      {
        do: "env",
        values: {
          ...environment(source),
          BUNDLE_FROZEN: `${project.locked}`,
          BUNDLE_USER_HOME: "/var/cache/bundle",
        },
      },
      { do: "workdir", path: app },
      { do: "copy", from: "source", paths: files, to: `${app}/` },
      ...vendored,
      {
        do: "run",
        title: "Installing gems (bundle install)",
        command: `bundle install --jobs 4${project.vendored ? " --local --no-cache" : ""} && mkdir -p ${gemHome} && rm -rf ${gemHome}/ruby/*/cache && ${dated(gemHome)}`,
        caches: [{ name: "bundle", path: "/var/cache/bundle" }],
      },
      { do: "copy", from: "source", paths: ["."], to: `${app}/` },
      ...(source.names.has("Rakefile") && hasRake(project) ? [precompile] : []),
    ],
  };
}

/** Sprockets dates assets by the newest of what they are made of and of the directories that they lie in: these have no time of their own. */
const dated = (place: string, ...what: string[]): string =>
  `find ${[place, ...what].join(" ")} -exec touch --no-dereference --date=1980-02-01T00:00:00Z {} +`;

/** Sprockets gives its manifest a random name: here one of what is in it, so that the same assets make the same image. */
const nameManifest =
  'for file in public/assets/.sprockets-manifest-*.json; do [ ! -e "$file" ] || mv "$file" public/assets/.sprockets-manifest-$(md5sum <"$file" | cut -c1-32).json; done';

/** Config is in builds only where it was set for them: Rails makes up a key of its own when told so. */
const precompile: Step = {
  do: "run",
  title: "Compiling assets (rake assets:precompile)",
  command: `export SECRET_KEY_BASE_DUMMY=1 SECRET_KEY_BASE=\${SECRET_KEY_BASE:-only-for-the-build}; tasks=$(bundle exec rake --prereqs) || exit 1; case "$tasks" in *'rake assets:precompile'*) ${dated(".", "-type d")} && bundle exec rake assets:precompile && rm -rf tmp/cache && ${nameManifest};; *) echo 'no such task';; esac`,
};

const imageStage = (source: SourceView, project: RubyProject, runtime: Runtime): Stage => ({
  name: "image",
  from: { stack: "run" },
  steps: [
    ...installRuntime(runtime, {
      ...common,
      purpose: " in the image",
      packages: ["ruby", "ruby-bundler"],
      others: ["libyaml-0-2", ...nativeLibraries(project.gems).run],
    }),
    {
      do: "env",
      values: { ...environment(source), HOME: app, PATH: `${app}/bin:/usr/local/bin:/usr/bin:/bin` },
    },
    { do: "workdir", path: app },
    { do: "copy", from: { stage: "build" }, paths: [`${gemHome}/`], to: `${gemHome}/` },
    { do: "copy", from: { stage: "build" }, paths: [`${app}/`], to: `${app}/`, owner: appUser.id },
    { do: "user", id: appUser.id },
  ],
});

const isRails = ({ files }: SourceView): boolean => files.has("config/application.rb");

/** Rails brings it, also where no Gemfile.lock says so. */
const hasRake = ({ gems }: RubyProject): boolean => gems.has("rake") || gems.has("rails");

function processes(source: SourceView, project: RubyProject): ProcessTypes {
  const { gems } = project;
  const web = defaultWeb(source, webCommand(source, gems), {
    line: "web: bundle exec ruby app.rb",
    or: "a config.ru and the gem puma",
  });
  const rake = hasRake(project) ? { rake: { command: "bundle exec rake" } } : {};
  return isRails(source)
    ? { ...web, console: { command: "bundle exec rails console" }, ...rake }
    : { ...web, ...rake };
}

function webCommand(source: SourceView, gems: ReadonlySet<string>): string | null {
  if (gems.has("puma") && (source.files.has("config/puma.rb") || source.files.has("config.ru")))
    return "bundle exec puma --port $PORT";
  if (isRails(source)) return "bundle exec rails server --binding 0.0.0.0 --port $PORT";
  return source.files.has("config.ru") ? "bundle exec rackup --host 0.0.0.0 --port $PORT" : null;
}

const notesOf = ({ locked, vendored, bundler }: RubyProject): string[] => [
  `Gems by Bundler${vendored ? " from vendor/cache" : ""}${bundler === null ? "" : ` (Gemfile.lock was made with ${bundler})`}`,
  ...(locked ? [] : ["No Gemfile.lock: versions of gems may change from build to build."]),
];
