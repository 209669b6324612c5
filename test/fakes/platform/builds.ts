import { conflict, notFound } from "../../../core/error";
import type { Builds } from "../../../server/api/platform/builds";
import { at, type World } from "./world";

export const fakeBuilds = (world: World): Builds => ({
  listBuilds: async (app, limit) => world.of(app).builds.slice(0, limit),
  findBuild: async (app, id) => world.of(app).builds.find((build) => build.id === id) ?? null,
  waitOf: (build) => (build.status === "queued" ? world.wait : null),
  async releaseOf({ id }) {
    const releases = [...world.kept.values()].flatMap((kept) => kept.releases);
    return releases.find(({ buildId }) => buildId === id) ?? null;
  },
  followBuild: () => output(),
  async *attachBuild() {
    yield* output();
    yield "-----> Releasing v1\n";
  },
  async rebuild(actor, app, named) {
    const last = named ?? world.of(app).builds[0];
    if (!last) throw notFound(`${app.name} has no builds yet. Make the first: git push paas main`);
    const { commit, ref, upload } = last;
    return world.build(app, actor, { id: "b3", commit, ref, upload });
  },
  async cancelBuild(actor, app, build) {
    if (build.finishedAt) throw conflict(`Build ${build.id} of ${app.name} has ended.`);
    const failure = `cancelled by ${actor.name}`;
    return Object.assign(build, { status: "cancelled", failure, finishedAt: at });
  },
});

async function* output(): AsyncIterable<string> {
  yield "-----> Building\n       one ";
  yield "two\n";
}
