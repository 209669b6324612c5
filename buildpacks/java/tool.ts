import type { Step } from "../build-plan";
import { appUser } from "../stack/stack";
import type { JavaProject } from "./java-project";

/** Of Maven and Gradle: what they download. */
export const cacheDirectory = "/var/cache/java";
export const caches = [{ name: "java", path: cacheDirectory }];

const wrappers = {
  maven: {
    title: "Maven",
    debian: "Debian's Maven 3.8.7",
    script: "mvnw",
    directory: ".mvn/wrapper",
    settings: ".mvn/wrapper/maven-wrapper.properties",
  },
  gradle: {
    title: "Gradle",
    debian: "Debian's Gradle 4.4.1",
    script: "gradlew",
    directory: "gradle/wrapper",
    settings: "gradle/wrapper/gradle-wrapper.properties",
  },
} as const;

/** For the transcript. */
export const toolOf = ({ by, wrapper }: JavaProject): string =>
  wrapper ? wrappers[by].script : wrappers[by].debian;

/**
 * A wrapper downloads the tool when it is first called: here, before it sees the app's code, so that code changes do not call it again, and a
 * download that fails is told as one.
 */
export function fetchTool({ by, wrapper, wrapperFiles }: JavaProject): Step[] {
  if (!wrapper) return [];
  const { title, debian, script, directory, settings } = wrappers[by];
  const copy = (path: string, to: string): Step => ({ do: "copy", from: "source", paths: [path], to });
  return [
    copy(script, `${appUser.home}/`),
    ...(wrapperFiles ? [copy(`${directory}/`, `${appUser.home}/${directory}/`)] : []),
    {
      do: "run",
      title: `Fetching ${title} (./${script})`,
      command: `sh ./${script} --version`,
      caches,
      fault: `./${script} could not fetch ${title}. Is the distributionUrl in ${settings} right, and in reach of this machine? Without ${script} in the repository, ${debian} builds.`,
    },
  ];
}
