import type Docker from "dockerode";

/** The newest stack image of the engine to build or to run on. Throws when there is none. */
export async function stackImage(docker: Docker, role: "build" | "run"): Promise<string> {
  const images = await docker.listImages({ filters: { label: [`paas.stack=${role}`] } });
  const newestFirst = images.sort((a, b) => b.Created - a.Created);
  const ref = newestFirst
    .flatMap((image) => image.RepoTags ?? [])
    .find((tag) => tag.startsWith(`paas/stack-${role}:`));
  if (ref === undefined) throw new Error("No stack image on this engine: run `npm run setup` first.");
  return ref;
}
