import type { Project } from "./project";

/** A release as `paas releases --json` tells it. */
export interface ReleaseRow {
  version: number;
  state: string;
  commit: string | null;
  reason: string;
}

/** An app's releases, the newest first. */
export async function releasesOf(project: Project): Promise<ReleaseRow[]> {
  return JSON.parse((await project.paas("releases", "--json")).stdout) as ReleaseRow[];
}

/** Ledger, ref and what runs must agree, whatever was pushed. For apps whose page is their file `message`; returns the release that runs. */
export async function expectAgreement(project: Project, branch = "main"): Promise<ReleaseRow> {
  const all = await releasesOf(project);
  expect(all.filter((one) => one.state === "pending")).toEqual([]);
  const deployed = all.find((one) => one.state === "proven" && one.reason === "deploy");
  expect(await project.remoteTip(branch)).toBe(deployed?.commit);
  const current = all.find((one) => one.state === "proven");
  if (!current?.commit) throw new Error("nothing was proven");
  const message = (await project.git("show", `${current.commit}:message`)).stdout;
  expect((await project.page()).body).toBe(message);
  return current;
}
