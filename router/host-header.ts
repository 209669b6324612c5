/** `Shop.Example.:8080` -> `shop.example`; an IPv6 literal keeps its brackets. */
export function hostnameOf(hostHeader: string): string {
  return hostHeader.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
}
