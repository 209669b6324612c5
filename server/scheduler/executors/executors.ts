import type { StepKind, StepOf } from "../../../core/step";
import type { Photographs } from "../observe";
import type { World } from "../world";
import { abandon } from "./abandon";
import { command } from "./command";
import { endBake } from "./end-bake";
import { prove } from "./prove";
import { publish } from "./publish";
import { start } from "./start";
import { stop } from "./stop";
import { wait } from "./wait";

/** Does one step. Doing it twice is the same as doing it once: a crashed server's successor plans it again. */
export type Executor<K extends StepKind> = (
  world: World,
  seen: Photographs,
  step: StepOf<K>,
  signal: AbortSignal,
) => Promise<void>;

/** One executor a kind of step; a missing one does not compile. */
export type Executors = { [K in StepKind]: Executor<K> };

export const executors: Executors = { command, start, wait, publish, prove, endBake, abandon, stop };
