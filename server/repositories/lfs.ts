import type { ObjectReader } from "./object-reader";
import type { LfsCandidates } from "./tree-measure";

const pointerStart = "version https://git-lfs.github.com/spec/v1\n";
const maxAttributesBytes = 256 * 1024;

/** Whether a tree holds Git LFS pointers: its attributes name the filter, and at least one small file is a pointer. */
export async function isLfs(open: () => ObjectReader, candidates: LfsCandidates): Promise<boolean> {
  if (candidates.attributes.length === 0 || candidates.pointers.length === 0) return false;
  const reader = open();
  try {
    if (!(await someContent(reader, candidates.attributes, (text) => text.includes("filter=lfs"))))
      return false;
    return await someContent(reader, candidates.pointers, (text) => text.startsWith(pointerStart));
  } finally {
    await reader.end();
  }
}

async function someContent(
  reader: ObjectReader,
  oids: string[],
  test: (text: string) => boolean,
): Promise<boolean> {
  for (const oid of oids) {
    const blob = await reader.read(oid, maxAttributesBytes);
    if (blob && test(blob.content.toString("utf8"))) return true;
  }
  return false;
}
