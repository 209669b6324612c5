import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { baseImage } from "../support/base-image";
import { BuilderRig } from "../support/builder-rig";

jest.setTimeout(300_000);

/** A release that nobody else on this engine builds with. */
const version = `17.0.${randomInt(10_000, 99_999)}`;
const images = [`eclipse-temurin:${version}-jdk`, `eclipse-temurin:${version}-jre`];

let rig: BuilderRig;
beforeAll(async () => {
  for (const image of images) await makeImage(image);
  rig = await BuilderRig.open();
  await rig.startBuilder();
});
afterAll(async () => {
  await rig.close();
  for (const image of images) execFileSync("docker", ["image", "rm", "--force", image], { stdio: "ignore" });
});

/** What stands for the official image: a program where its runtime lies that says where it is from. */
async function makeImage(ref: string): Promise<void> {
  const java = `printf '#!/bin/sh\\necho ${ref} "$@"\\n' >/opt/java/openjdk/bin/java && chmod 755 /opt/java/openjdk/bin/java`;
  const dockerfile = `FROM ${await baseImage()}\nRUN mkdir -p /opt/java/openjdk/bin && ${java}\n`;
  execFileSync("docker", ["build", "--quiet", "--tag", ref, "-"], {
    input: dockerfile,
    stdio: ["pipe", "ignore", "ignore"],
  });
}

it("builds with the exact release of an official image, and runs with the smaller one", async () => {
  const directory = rig.source({
    "pom.xml": "<project/>",
    "system.properties": `java.runtime.version=${version}\n`,
    mvnw: "mkdir -p target META-INF && java -version && echo Main-Class: Main >META-INF/MANIFEST.MF && python3 -m zipfile -c target/shop.jar META-INF/\n",
  });

  const { outcome, transcript } = await rig.build(rig.job(directory));
  expect(transcript).toContain(
    `Java ${version} from eclipse-temurin:${version}-jdk (system.properties "${version}")`,
  );
  expect(transcript).toContain(`       eclipse-temurin:${version}-jdk -version`);
  if (outcome.status !== "succeeded") throw new Error(transcript);
  const said = execFileSync("docker", [
    "run",
    "--rm",
    outcome.result.image.id,
    "java",
    "-jar",
    "bin/app.jar",
  ]);
  expect(String(said)).toBe(`eclipse-temurin:${version}-jre -jar bin/app.jar\n`);
});
