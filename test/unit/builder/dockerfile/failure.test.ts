import { dockerfileFailure } from "../../../../builder/dockerfile/failure";

it.each([
  [
    "[2/2] RUN npm ci",
    "executor failed running [/bin/sh -c npm ci]: exit code: 3",
    "The step [2/2] RUN npm ci failed with exit code 3.",
  ],
  [
    "[2/2] COPY nofile /",
    'failed to compute cache key: "/nofile" not found: not found',
    'The step [2/2] COPY nofile / failed: "/nofile" not found: not found',
  ],
  [
    null,
    "failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 2: unknown instruction: FOO",
    "The Dockerfile cannot be built: dockerfile parse error line 2: unknown instruction: FOO",
  ],
])("%s: %s", (failed, error, text) => {
  expect(dockerfileFailure(failed, error, (name) => name)).toBe(text);
});

it.each(["[internal] load metadata for docker.io/library/nosuch:1", "FROM docker.io/library/nosuch:1"])(
  "an image that cannot be had is named, with what to do: %s",
  (failed) => {
    const text = dockerfileFailure(failed, "failed to solve: no such host", (name) => name);
    expect(text).toMatch(/^The image nosuch:1 is not on this machine .*The engine says: no such host$/);
  },
);
