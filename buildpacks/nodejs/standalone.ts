import type { NodeProject } from "./manager";

/** What a framework builds that runs by itself, with its dependencies in it. */
export interface Standalone {
  /** Directories of the app that are all of it, and where they belong in the image; relative, "" or ending with a slash. */
  output: Array<{ from: string; to: string }>;
  /** Start scripts that start it in a way that is not meant for it. */
  insteadOf?: RegExp;
}

/** Scripts of package.json that are for developers and for builds. */
const usualScript =
  /^(?:pre|post)?(?:dev|build|generate|preview|start|install|prepare|lint|test|format|typecheck|type-check|check|heroku-prebuild|heroku-postbuild)(?:$|[:-])/;
/** Programs that people run by hand, beside what serves. */
const tools = ["prisma", "drizzle-kit", "knex", "sequelize-cli", "typeorm"];

/** Whether nobody can want more in the image than what serves: no one-offs, no schedule, no checks by command. */
export function isServerAlone({ pkg, source }: NodeProject): boolean {
  if (source.procfile !== null || source.unfinished) return false;
  if (/"(?:cron|scripts|command)"\s*:/.test(source.texts.get("app.json") ?? "")) return false;
  if (Object.keys(pkg.scripts ?? {}).some((name) => !usualScript.test(name))) return false;
  return !tools.some((name) => name in { ...pkg.dependencies, ...pkg.devDependencies });
}
