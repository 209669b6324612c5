import { watchReads } from "../../../../builder/dockerfile/watch-reads";
import type { PaasError } from "../../../../core/error";

/** What ends a build whose Dockerfile was found to read these images, when the engine says this. */
function endOf(images: string[], name: string): string | null {
  const ends: PaasError[] = [];
  const watch = watchReads(
    images.map((image) => ({ image, line: 1 })),
    (reason) => ends.push(reason),
  );
  const step = { digest: "d", name, cached: false, started: true, completed: false, error: "" };
  watch({ steps: [step], logs: [] });
  return ends[0]?.message ?? null;
}

it.each([
  ["node:24", "[internal] load metadata for docker.io/library/node:24"],
  ["node", "[linux/amd64 internal] load metadata for docker.io/library/node:latest"],
  ["docker.io/me/x", "[internal] load metadata for docker.io/me/x:latest"],
  ["me/x@sha256:abc", "[internal] load metadata for docker.io/me/x@sha256:abc"],
  ["me/x:1", "[build 1/3] FROM docker.io/me/x:1@sha256:abc"],
  ["host:5000/x", "[internal] load metadata for host:5000/x:latest"],
  ["localhost/x:1", "[internal] load metadata for localhost/x:1"],
  ["node", "[2/3] RUN curl http://example.org"],
])("%s is what %s says", (image, name) => expect(endOf([image], name)).toBeNull());

it.each([
  "[internal] load metadata for docker.io/paas/p1/app:1",
  "[internal] load metadata for docker.io/library/24ac5dce217e:latest",
  "FROM docker.io/paas/p1/app:1",
  "resolve image config for docker.io/evil/frontend:1",
  "http://127.0.0.1:8081/",
  "git://127.0.0.1/x",
])("what was not found in the Dockerfile ends the build: %s", (name) => {
  expect(endOf(["node:24"], name)).toContain(name.split(" ").at(-1));
});
