import {
  cacheToKeep,
  type ImageEntry,
  idlePulled,
  unwantedLayers,
  unwantedNames,
} from "../../../core/garbage";

const at = new Date("2026-11-20T10:00:00Z");
const entry = (ref: string | null, imageId: string, parts: Partial<ImageEntry> = {}): ImageEntry => ({
  ref,
  imageId,
  appId: "a",
  bytes: 1,
  createdAt: new Date(0),
  ...parts,
});
const names = (
  inventory: ImageEntry[],
  kept: { ref: string; id: string }[],
  building: string[] = [],
): string[] => unwantedNames(inventory, "a", kept, (ref) => building.includes(ref)).map(({ ref }) => ref);

describe("names that go", () => {
  it("are the app's, of no kept release and of no build under way", () => {
    const inventory = [
      entry("a:kept", "1"),
      entry("a:old", "2"),
      entry("a:building", "3"),
      entry("b:other", "4", { appId: "b" }),
      entry(null, "5"),
    ];
    expect(names(inventory, [{ ref: "a:kept", id: "1" }], ["a:building"])).toEqual(["a:old"]);
  });

  it("are never the last one of an image that a kept release needs", () => {
    expect(names([entry("a:another-name", "1")], [{ ref: "a:kept", id: "1" }])).toEqual([]);
    expect(names([entry("a:another-name", "1"), entry("a:kept", "1")], [{ ref: "a:kept", id: "1" }])).toEqual(
      ["a:another-name"],
    );
  });
});

test("nameless images go when no kept release needs them and they are not of something under way", () => {
  const inventory = [
    entry(null, "1"),
    entry(null, "2"),
    entry(null, "3", { createdAt: at }),
    entry("a:x", "4"),
  ];
  expect(unwantedLayers(inventory, new Set(["2"]), at).map(({ imageId }) => imageId)).toEqual(["1"]);
});

test("of pulled images those go that no build has used for a week", () => {
  const pulled = new Map([
    ["python:3.12", { imageId: "1", usedAt: "2026-11-13T10:00:00.000Z" }],
    ["python:3.13", { imageId: "2", usedAt: "2026-11-13T10:00:01.000Z" }],
  ]);
  expect(idlePulled(pulled, at)).toEqual([{ ref: "python:3.12", imageId: "1", days: 7 }]);
});

test.each([
  ["under its limit, with room", 10, 20, 100, 50, null],
  ["over its limit", 30, 20, 100, 50, 20],
  ["in the way of the floor", 10, 20, 45, 50, 5],
  ["much in the way of the floor", 10, 20, 0, 50, 0],
  ["on another machine's disk", 10, 20, null, 50, null],
])("a cache that is %s", (_how, bytes, limit, free, wanted, keep) => {
  expect(cacheToKeep(bytes, limit, free, wanted)).toBe(keep);
});
