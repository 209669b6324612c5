import type { App } from "../../../core/app";
import { specHashOf } from "../../../core/desired";
import { type Place, placeName } from "../../../core/instance";
import { overDiskText } from "../../../core/limits";
import type { Release } from "../../../core/release";
import { placesOf } from "../../../core/restart";
import type { InstanceView } from "../../../core/wire";
import type { InstanceRow } from "../../store/instances";
import type { Store } from "../../store/store";

/** What `ps` shows: every instance there is, and every place of the formation that has none. */
export async function listInstances(store: Store, app: App, now: Date): Promise<InstanceView[]> {
  const current = await store.releases.current(app.id);
  const present = await store.instances.present(app.id);
  const ids = [...new Set(present.map(({ releaseId }) => releaseId))];
  const releases = (await Promise.all(ids.map((id) => store.releases.byId(id)))).filter(
    (one) => one !== null,
  );
  const hashes = current ? placesOf(app, current).map((place) => specHashOf(app, current.id, place)) : [];
  const crashes = (await store.instances.lastCrashes(app.id)).filter(({ specHash }) =>
    hashes.includes(specHash),
  );
  return instanceViews(app, current, releases, present, crashes, now);
}

/** Pure: rows, crashes and the formation as people see them, in the order of places. */
function instanceViews(
  app: App,
  current: Release | null,
  releases: Release[],
  present: InstanceRow[],
  crashes: InstanceRow[],
  now: Date,
): InstanceView[] {
  const commandOf = (releaseId: string, type: string) =>
    releases.find(({ id }) => id === releaseId)?.processTypes[type]?.command ?? null;
  // One that left the rotation only drains; whoever took its place is what people ask for.
  const shown = present.filter((row) => row.leftRotationAt === null);
  const views = shown.map((row) => viewOf(row, commandOf(row.releaseId, row.type)));
  const taken = new Set(views.map(({ name }) => name));
  const missing = current?.image
    ? placesOf(app, current).filter((place) => !taken.has(placeName(place)))
    : [];
  return [...views, ...missing.map((place) => missingView(place, current, crashes, now))].sort(byPlace);
}

function viewOf(row: InstanceRow, command: string | null): InstanceView {
  const { type, slot, version, exitCode, lastLines } = row;
  const base = { name: placeName(row), type, slot, command, version, reason: reasonOf(row) };
  if (row.crashedAt)
    return { ...base, state: "crashed", since: row.crashedAt.toISOString(), exitCode, lastLines };
  const state = row.readyAt ? "up" : "starting";
  const since = (row.readyAt ?? row.createdAt).toISOString();
  return { ...base, state, since, exitCode: null, lastLines: [] };
}

function reasonOf({ oom, overDisk, unhealthy }: InstanceRow): string | null {
  if (overDisk !== null) return overDiskText(overDisk);
  if (oom !== null) return `out of memory (R14, limit ${oom.limitMb} MB, peak ${oom.peakMb} MB)`;
  return unhealthy;
}

/** A wanted place without a container: it crashed and waits for its next try, or it is about to start. */
function missingView(place: Place, current: Release | null, crashes: InstanceRow[], now: Date): InstanceView {
  const crash = crashes.find(({ type, slot }) => type === place.type && slot === place.slot);
  return {
    name: placeName(place),
    ...place,
    command: current?.processTypes[place.type]?.command ?? null,
    version: current?.version ?? 0,
    state: crash ? "crashed" : "starting",
    since: (crash?.crashedAt ?? now).toISOString(),
    exitCode: crash?.exitCode ?? null,
    reason: crash ? reasonOf(crash) : null,
    lastLines: crash?.lastLines ?? [],
  };
}

const byPlace = (a: InstanceView, b: InstanceView): number =>
  typeRank(a.type) - typeRank(b.type) ||
  a.type.localeCompare(b.type) ||
  a.slot - b.slot ||
  a.version - b.version;

const typeRank = (type: string): number => (type === "web" ? 0 : 1);
