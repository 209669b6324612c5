import type { App } from "./app";
import { invalid } from "./error";
import { placeName } from "./instance";
import { type Release, runningTypes } from "./release";

/** Names of the places that run: `web.1`, `web.2`, `worker.1`. */
export function placesOf(app: App, release: Release | null): { type: string; slot: number }[] {
  return runningTypes(release?.processTypes ?? {}).flatMap((type) =>
    Array.from({ length: app.formation.quantities[type] ?? 0 }, (_, index) => ({ type, slot: index + 1 })),
  );
}

/** The places that `ps:restart [type|type.N]` means; throws `invalid` with what there is when it means none. */
export function restarted(app: App, release: Release | null, what: string | undefined): string[] {
  const places = placesOf(app, release);
  const meant = places
    .filter((place) => what === undefined || place.type === what || placeName(place) === what)
    .map(placeName);
  if (meant.length > 0) return meant;
  if (places.length === 0)
    throw invalid(
      `Nothing runs of ${app.name}. Deploy it (git push paas main) or scale it (paas ps:scale web=1).`,
    );
  throw invalid(`Nothing runs as ${JSON.stringify(what)}. There is: ${places.map(placeName).join(", ")}.`);
}
