import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../core/id";
import { baseImage } from "../support/base-image";
import { BuilderRig } from "../support/builder-rig";

jest.setTimeout(120_000);

test("a build whose builder dies twice is given up, and says so", async () => {
  const rig = await BuilderRig.open();
  try {
    const directory = join(rig.directory, newId());
    mkdirSync(directory);
    const dockerfile = `FROM ${await baseImage()}\nRUN echo begun && sleep 4\nRUN echo ${newId()}\n`;
    writeFileSync(join(directory, "Dockerfile"), dockerfile);
    const job = rig.job(directory);
    const outcome = rig.outcome(job);
    for (const said of ["begun", "building again"]) {
      const builder = await rig.startBuilder();
      await rig.hasSaid(job, said);
      builder.kill("SIGKILL");
      await once(builder, "exit");
    }
    await rig.startBuilder();
    expect(await outcome).toMatchObject({ status: "failed", message: expect.stringContaining("died twice") });
  } finally {
    await rig.close();
  }
});
