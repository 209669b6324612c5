/** What may happen to one instance. */
export type Touch = "sicken" | "ready" | "crash" | "finish" | "request" | "stream" | "vanish";

/** How a step ends: as it should, without having done anything, or done while the news of it is lost. */
export type Outcome = "done" | "failed" | "unheard";

/** One thing that happens to an app. `pick` chooses among what there is; `loop` is 0 or 1, where two race. */
export type Happening =
  /** A loop looks, plans and begins what it may; all ends at once. */
  | { what: "plan"; loop: number; outcomes: Outcome[] }
  /** A loop looks, plans and begins what it may; in the midst of the look one of its steps may end. */
  | { what: "look"; loop: number; meanwhile: Outcome | null }
  /** A step under way ends. */
  | { what: "land"; loop: number; pick: number; outcome: Outcome }
  /** The server dies with its steps under way, of which each may have been done; another takes over. */
  | { what: "die"; loop: number; outcomes: Outcome[] }
  | { what: Touch; pick: number }
  | { what: "acknowledge" | "engine-ends" | "push" | "push-with-command" | "restart" }
  | { what: "command-ends"; exitCode: number }
  | { what: "command-vanishes" | "command-noted" }
  | { what: "restart-place"; place: string }
  | { what: "bake-window"; on: boolean }
  | { what: "answers"; errors: number }
  | { what: "scale"; type: string; quantity: number }
  | { what: "pass"; ms: number };
