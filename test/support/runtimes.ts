import type { Buildpack, Found, Runtime, RuntimeWish, SourceView } from "../../buildpacks/buildpack";

/** What a builder without a registry finds: the first offer that is Debian's. */
export const fromDebian = (wish: RuntimeWish): Runtime => chosen(wish, (offer) => "debian" in offer.from);

/** What a builder with a registry finds: the first offer. */
export const fromAnywhere = (wish: RuntimeWish): Runtime => chosen(wish, () => true);

/** The plan of an app in a language with a runtime. */
export function planned(buildpack: Buildpack, source: SourceView, find = fromDebian) {
  const found: Found[] = [];
  for (let wish = buildpack.wants(source, found); wish; wish = buildpack.wants(source, found)) {
    if (!("runtime" in wish)) throw new Error("the buildpack wants a tool");
    found.push(find(wish));
  }
  return buildpack.plan(source, found);
}

function chosen(wish: RuntimeWish, fits: (offer: RuntimeWish["offers"][number]) => boolean): Runtime {
  const offer = wish.offers.find(fits);
  if (!offer) throw new Error(`no offer for ${wish.runtime} (${wish.reason})`);
  return { runtime: wish.runtime, version: offer.version, from: offer.from, wish };
}
