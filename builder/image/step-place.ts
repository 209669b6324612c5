/** BuildKit calls a step `[stage 2/5] RUN ...`, or `[2/5] RUN ...` in a Dockerfile of one stage; its place is `stage 2`. Null for BuildKit's own steps. */
export function stepPlace(name: string): string | null {
  const [, stage, number] = /^\[(?:([^\s\]]+) +)?(\d+)\/\d+\] /.exec(name) ?? [];
  return number === undefined ? null : `${stage ?? ""} ${number}`.trimStart();
}
