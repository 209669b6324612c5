import type { SourceView } from "../buildpack";
import { isDevelopmentServer } from "./frameworks";

/** Laravel, Django and the like bring a package.json for their assets: then it takes more than that to be a Node.js app. */
const otherManifests = [
  "Cargo.toml",
  "Pipfile",
  "build.gradle",
  "build.gradle.kts",
  "composer.json",
  "go.mod",
  "manage.py",
  "pom.xml",
  "pyproject.toml",
  "requirements.txt",
];
const hasAnotherLanguage = ({ names }: SourceView): boolean => otherManifests.some((name) => names.has(name));

function runsServer({ texts, files, procfile }: SourceView): boolean {
  const start = /"start"\s*:\s*"([^"]*)/.exec(texts.get("package.json") ?? "")?.[1];
  if (procfile !== null) return /^web:.*\b(node|npm|npx|yarn|pnpm|bun)\b/m.test(procfile);
  return (start !== undefined && !isDevelopmentServer(start)) || files.has("server.js");
}

/** Whether a repository with a package.json is an app of Node.js, or one of another language that uses it for its assets. */
export const isNodeApp = (source: SourceView): boolean =>
  source.texts.has("package.json") && (runsServer(source) || !hasAnotherLanguage(source));
