/** A fault put into the scheduler's deciding part: in a file of core/, one text replaced by another. */
export interface Mutant {
  /** What the faulty planner does. */
  fault: string;
  /** The kind of life in which it shows soonest (test/builders/random-world/lives.ts). */
  in: "any" | "scaling" | "baking" | "hopeless";
  file:
    | "plan"
    | "plan-rotation"
    | "plan-world"
    | "buckets"
    | "plan-command"
    | "plan-bake"
    | "rolling"
    | "under-way";
  text: string;
  becomes: string;
}

/** Each must be killed by the planner's properties in random worlds. One whose text is gone from the source fails the test: write it anew. */
export const mutants: Mutant[] = [
  {
    fault: "stops what is in the rotation",
    in: "any",
    file: "plan",
    text: "table.targets.includes(instance.id) || ",
    becomes: "",
  },
  {
    fault: "stops, or frees the address of, what routers may not know to have left",
    in: "any",
    file: "plan",
    text: " || (instance.leftRotationAt !== null && !table.acknowledged)",
    becomes: "",
  },
  {
    fault: "stops what has requests in flight",
    in: "any",
    file: "plan",
    text: "busy ? leftRotationAt + desired.drainLimitMs : 0",
    becomes: "0",
  },
  {
    fault: "stops what has open streams before routers could close them",
    in: "any",
    file: "plan",
    text: "desired.streamDrainLimitMs + streamCloseMs",
    becomes: "desired.streamDrainLimitMs",
  },
  {
    fault: "lets instances into the rotation as soon as they run",
    in: "scaling",
    file: "plan-rotation",
    text: "const ready = buckets.ready.filter(isWeb)",
    becomes: "const ready = [...buckets.ready, ...buckets.waiting].filter(isWeb)",
  },
  {
    fault: "empties the rotation when nothing is ready",
    in: "any",
    file: "plan-rotation",
    text: "return rotation.length > 0 ? rotation : living;",
    becomes: "return ready;",
  },
  {
    fault: "holds requests that no instance will get",
    in: "scaling",
    file: "plan-rotation",
    text: "observed.table.mode !== null && coming.some(isWeb)",
    becomes: "observed.table.mode !== null",
  },
  {
    fault: "lets a pending release into the rotation piece by piece",
    in: "any",
    file: "plan-rotation",
    text: "if (isPending(world)) return living;",
    becomes: "if (isPending(world)) return [...living, ...ready.filter((id) => !living.includes(id))];",
  },
  {
    fault: "proves a release before routers have taken its table",
    in: "any",
    file: "plan-rotation",
    text: "if (same && observed.table.acknowledged) return [];",
    becomes: "if (same) return [];",
  },
  {
    fault: "never abandons a release that cannot start",
    in: "hopeless",
    file: "plan",
    text: "if (!isComplete(buckets) && observed.now - release.createdAt > releaseLimitMs)",
    becomes: "if (false)",
  },
  {
    fault: "starts a singleton beside the old one",
    in: "any",
    file: "plan",
    text: "!desired.singletons.includes(wanted.type) || !buckets.surplus.some((old) => old.type === wanted.type)",
    becomes: "true",
  },
  {
    fault: "leaves what is replaced running",
    in: "scaling",
    file: "plan",
    text: "(instance) => !isKept(instance, world) && drainedAt(instance, world) <= observed.now,",
    becomes: "() => false,",
  },
  {
    fault: "takes the proven release away while another is pending",
    in: "baking",
    file: "plan-world",
    text: 'if (desired.release?.state === "pending") return instance.releaseId === desired.fallbackReleaseId;',
    becomes: 'if (desired.release?.state === "pending") return false;',
  },
  {
    fault: "blames an instance for the end of its engine",
    in: "any",
    file: "buckets",
    text: "exited.filter((instance) => !instance.lost)",
    becomes: "exited",
  },
  {
    fault: "gives up all sick instances of a process type at once",
    in: "baking",
    file: "buckets",
    text: "if (places.some((filler) => filler === undefined || filler.readyAt === null)) return [];",
    becomes: "",
  },
  {
    fault: "takes an instance that runs an older release for the one wanted",
    in: "any",
    file: "buckets",
    text: "instance.specHash === wanted.specHash && placeName(instance) === placeName(wanted)",
    becomes: "placeName(instance) === placeName(wanted)",
  },
  {
    fault: "keeps in the rotation what has ended",
    in: "any",
    file: "buckets",
    text: 'observed.instances.filter((instance) => instance.state === "running").map',
    becomes: "observed.instances.map",
  },
  {
    fault: "restarts all instances of a process type at once",
    in: "baking",
    file: "rolling",
    text: "return left > 0;",
    becomes: "return true;",
  },
  {
    fault: "waits for ever for a command whose container is gone",
    in: "any",
    file: "plan-command",
    text: "if (!container)\n",
    becomes: "if (false)\n",
  },
  {
    fault: "clears a command's container away while it runs",
    in: "any",
    file: "plan-command",
    text: ".filter((one) => one.releaseId !== desired.command?.releaseId)",
    becomes: "",
  },
  {
    fault: "stops the release that traffic may go back to",
    in: "baking",
    file: "plan-bake",
    text: "bake !== null &&\n    instance.releaseId",
    becomes: "false && bake !== null &&\n    instance.releaseId",
  },
  {
    fault: "routes to an instance that was told to end",
    in: "scaling",
    file: "under-way",
    text: '(told.has(one.id) ? { ...one, state: "ending" } : one)',
    becomes: "one",
  },
  {
    fault: "stops an instance that a table under way names",
    in: "scaling",
    file: "under-way",
    text: 'step.kind === "stop" && other.kind === "publish"',
    becomes: 'step.kind === "stop" && false && other.kind === "publish"',
  },
  {
    fault: "starts a singleton while another is being started",
    in: "any",
    file: "under-way",
    text: "singletons.includes(step.type)",
    becomes: "false",
  },
  {
    fault: "believes a photograph in the midst of which a step ended",
    in: "any",
    file: "under-way",
    text: "!harmless.has(step.kind)",
    becomes: "false",
  },
  {
    fault: "starts what is being started already",
    in: "scaling",
    file: "under-way",
    text: "if (underWay.some((other) => keyOf(other) === keyOf(step))) return false;",
    becomes: "",
  },
];
