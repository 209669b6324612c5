import { PaasError } from "../../core/error";
import type { SourceView } from "../buildpack";
import { type Constraint, unreadable, versionRange } from "../runtime/offers";

export interface JavaProject {
  by: "maven" | "gradle";
  /** The repository brings the tool's own wrapper. */
  wrapper: boolean;
  /** The wrapper's own directory lies beside it. */
  wrapperFiles: boolean;
  constraint: Constraint | null;
  springBoot: boolean;
}

export const javaReads = ["pom.xml", "build.gradle", "build.gradle.kts", "system.properties"];

export function javaProject({ files, texts }: SourceView): JavaProject {
  const pom = texts.get("pom.xml");
  const by = pom === undefined ? "gradle" : "maven";
  const build = pom ?? texts.get("build.gradle") ?? texts.get("build.gradle.kts") ?? "";
  return {
    by,
    ...wrapperIn(files, by),
    constraint:
      saidBy(texts.get("system.properties")) ?? (pom === undefined ? gradleJava(build) : mavenJava(build)),
    springBoot: /org\.springframework\.boot|spring-boot/.test(build),
  };
}

const gradleWrapper = "gradle/wrapper/gradle-wrapper.jar";

/** Throws `build_failed` when Gradle's wrapper is not whole. */
function wrapperIn(
  files: ReadonlySet<string>,
  by: "maven" | "gradle",
): Pick<JavaProject, "wrapper" | "wrapperFiles"> {
  if (by === "maven")
    return {
      wrapper: files.has("mvnw"),
      wrapperFiles: [...files].some((path) => path.startsWith(".mvn/wrapper/")),
    };
  const wrapper = files.has("gradlew");
  if (wrapper && !files.has(gradleWrapper))
    throw new PaasError(
      "build_failed",
      `gradlew starts ${gradleWrapper}, which is not in the repository: git add -f ${gradleWrapper}. (A .gitignore with *.jar keeps it out.)`,
    );
  return { wrapper, wrapperFiles: wrapper };
}

/** Heroku's file: java.runtime.version=17 */
function saidBy(properties: string | undefined): Constraint | null {
  const text = /^\s*java\.runtime\.version\s*[=:]\s*(\S+)/m.exec(properties ?? "")?.[1];
  if (text === undefined) return null;
  const range = versionRange(text.replace(/^1\.8$/, "8"));
  if (range === null) throw unreadable("system.properties: java.runtime.version", text, "17");
  return { range, reason: `system.properties ${JSON.stringify(text)}` };
}

/** What code is compiled for, any newer Java runs. */
function mavenJava(pom: string): Constraint | null {
  const [, name, version] =
    /<(maven\.compiler\.release|java\.version|maven\.compiler\.target|release)>\s*(?:1\.)?(\d+)\s*</.exec(
      pom,
    ) ?? [];
  return version === undefined ? null : { range: `>=${version}`, reason: `pom.xml: ${name} ${version}` };
}

function gradleJava(build: string): Constraint | null {
  const toolchain = /JavaLanguageVersion\.of\((\d+)\)/.exec(build)?.[1];
  if (toolchain !== undefined) return { range: `${toolchain}.x`, reason: `Gradle's toolchain ${toolchain}` };
  const source = /sourceCompatibility\s*=\s*(?:JavaVersion\.VERSION_)?["']?(?:1[._])?(\d+)/.exec(build)?.[1];
  return source === undefined
    ? null
    : { range: `>=${source}`, reason: `Gradle's sourceCompatibility ${source}` };
}
