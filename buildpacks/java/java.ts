import type { BuildPlan, Stage, Step } from "../build-plan";
import type { Buildpack, Runtime } from "../buildpack";
import { installRuntime } from "../runtime/install";
import { type RuntimeCatalogue, runtimeIn, runtimeNote, runtimeWish } from "../runtime/offers";
import { appUser, caBundlePath } from "../stack/stack";
import { type JavaProject, javaProject, javaReads } from "./java-project";
import { cacheDirectory, caches, fetchTool, toolOf } from "./tool";

const app = appUser.home;
const imageHome = "/opt/java/openjdk";
/** What files in jars are dated, so that the same classes make the same jar: as Gradle dates them. */
const jarTime = "1980-02-01T00:00:00Z";

const catalogue: RuntimeCatalogue = {
  title: "Java",
  lines: ["25", "21", "17", "11", "8"],
  image: (version) => `eclipse-temurin:${version}-jdk`,
  debian: [{ version: "17", releases: ">=17.0.10 <18" }],
};

/** Java apps with Maven or Gradle. */
export const java: Buildpack = {
  name: "java",
  manifests: ["pom.xml", "build.gradle"],
  language: "Java",
  reads: javaReads,
  detect: ({ texts }) => ["pom.xml", "build.gradle", "build.gradle.kts"].some((name) => texts.has(name)),
  wants: (source, found) =>
    found.length > 0 ? null : runtimeWish(catalogue, javaProject(source).constraint),
  plan(source, found): BuildPlan {
    const runtime = runtimeIn(found);
    const project = javaProject(source);
    return {
      buildpack: "java",
      notes: [runtimeNote(runtime), `Building with ${toolOf(project)}`],
      excludes: project.by === "maven" ? ["target"] : ["build", ".gradle"],
      stages: [buildStage(project, runtime), imageStage(runtime)],
      defaultProcesses: { web: { command: webCommand(project) } },
    };
  },
};

const buildStage = (project: JavaProject, runtime: Runtime): Stage => ({
  name: "build",
  from: { stack: "build" },
  steps: [
    ...installRuntime(runtime, {
      packages: ["openjdk-17-jdk-headless"],
      imagePaths: [imageHome],
      imageLibraries: [],
      others: ["unzip", ...(project.wrapper ? [] : [project.by])],
    }),
    {
      do: "env",
      values: {
        ...homeOf(runtime),
        GRADLE_USER_HOME: `${cacheDirectory}/gradle`,
        MAVEN_USER_HOME: `${cacheDirectory}/maven`,
      },
    },
    { do: "workdir", path: app },
    ...fetchTool(project),
    { do: "copy", from: "source", paths: ["."], to: `${app}/` },
    ...(project.by === "maven" ? [mavenStep(project)] : gradleSteps(project)),
    collectJar(project),
  ],
});

const mavenStep = ({ wrapper }: JavaProject): Step => ({
  do: "run",
  title: `Building (${wrapper ? "./mvnw" : "mvn"} package)`,
  command: `${wrapper ? "sh ./mvnw" : "mvn"} --batch-mode --no-transfer-progress -Dmaven.repo.local=${cacheDirectory}/repository -Dproject.build.outputTimestamp=${jarTime} -DskipTests package`,
  caches,
});

/** Times and the order of files make another jar of the same classes at each build. */
const sameJars = `allprojects { tasks.withType(AbstractArchiveTask) { preserveFileTimestamps = false; reproducibleFileOrder = true } }\n`;
const sameJarsFile = "/opt/paas/same-jars.gradle";

const gradleSteps = ({ wrapper, springBoot }: JavaProject): Step[] => [
  { do: "file", path: sameJarsFile, text: sameJars },
  {
    do: "run",
    title: `Building (${wrapper ? "./gradlew" : "gradle"} ${springBoot ? "bootJar" : "build"})`,
    command: `${wrapper ? "sh ./gradlew" : "gradle"} --no-daemon --console=plain --project-cache-dir /tmp/gradle --init-script ${sameJarsFile} ${springBoot ? "bootJar" : "build -x test"}`,
    caches,
  },
];

/** The one jar that names a main class is the app. It stays where it was built: a Procfile may name it there. */
const collectJar = ({ by }: JavaProject): Step => {
  const place = by === "maven" ? "target" : "build/libs";
  const command = [
    "mkdir -p bin",
    `for jar in $(find . -path '*/${place}/*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name 'original-*' | sort); do if unzip -p "$jar" META-INF/MANIFEST.MF 2>/dev/null | grep -q '^Main-Class:'; then ln -sr "$jar" bin/app.jar; break; fi; done`,
    "true",
  ].join(" && ");
  return { do: "run", title: "Looking for the runnable jar", command };
};

const homeOf = ({ from }: Runtime): Record<string, string> =>
  "image" in from
    ? { JAVA_HOME: imageHome, PATH: `${imageHome}/bin:/usr/local/bin:/usr/bin:/bin` }
    : { PATH: "/usr/local/bin:/usr/bin:/bin" };

const imageStage = (runtime: Runtime): Stage => ({
  name: "image",
  from: { stack: "run" },
  steps: [
    ...installRuntime(runtime, {
      purpose: " in the image",
      packages: ["openjdk-17-jre-headless"],
      imageOf: (image) => image.replace(/-jdk$/, "-jre"),
      imagePaths: [imageHome],
      imageLibraries: [],
    }),
    {
      do: "env",
      values: {
        ...homeOf(runtime),
        HOME: app,
        // Half of what the instance may have: the rest is threads, code and buffers.
        JAVA_TOOL_OPTIONS: "-XX:MaxRAMPercentage=50 -Dfile.encoding=UTF-8",
        SSL_CERT_FILE: caBundlePath,
      },
    },
    { do: "workdir", path: app },
    { do: "copy", from: { stage: "build" }, paths: [`${app}/`], to: `${app}/`, owner: appUser.id },
    { do: "user", id: appUser.id },
  ],
});

const webCommand = ({ springBoot }: JavaProject): string =>
  springBoot ? "java -Dserver.port=$PORT -jar bin/app.jar" : "java -jar bin/app.jar";
