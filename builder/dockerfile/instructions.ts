import { continuationMark, refuseAmbiguousHeredoc, refuseAmbiguousText } from "./ambiguous";

/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  /** In capitals; of an ONBUILD trigger the instruction that it sets off. */
  keyword: string;
  /** What follows the keyword. */
  rest: string;
  /** From 1. */
  line: number;
  /** Where a place of `rest` lies in the whole text. */
  placeOf(at: number): number;
}

const heredocKeywords = new Set(["RUN", "COPY", "ADD"]);

/**
 * Reads a Dockerfile as the frontend does, but for here-documents: their lines count as instructions too, so that nothing hides in what
 * only some engines take for one. Throws `build_failed` for what can be read in several ways.
 */
export function readInstructions(text: string): Instruction[] {
  const plainLines = text.split("\n");
  refuseAmbiguousText(plainLines);
  const mark = continuationMark(plainLines);
  const instructions: Instruction[] = [];
  let joined = "";
  let places: number[] = [];
  let firstLine = 0;
  const finish = (): void => {
    if (joined.trim() !== "") {
      const instruction = instructionOf(joined, places, firstLine);
      if (heredocKeywords.has(instruction.keyword)) refuseAmbiguousHeredoc(instruction.rest, firstLine);
      instructions.push(instruction);
    }
    joined = "";
    places = [];
  };
  for (const { line, start, number } of linesOf(text)) {
    const beginning = joined === "";
    // Inside an instruction, comments and empty lines are skipped.
    if (/^\s*(?:#|$)/.test(line)) continue;
    if (beginning) firstLine = number;
    const goesOn = continuation(line, mark);
    const kept = goesOn === null ? line : line.slice(0, goesOn);
    joined += kept;
    for (let at = 0; at < kept.length; at += 1) places.push(start + at);
    if (goesOn === null) finish();
  }
  finish();
  return instructions;
}

function* linesOf(text: string): Generator<{ line: string; start: number; number: number }> {
  let start = 0;
  for (const [index, raw] of text.split("\n").entries()) {
    yield { line: raw.replace(/\r$/, ""), start, number: index + 1 };
    start += raw.length + 1;
  }
}

/** Where the mark lies that joins the next line; null without one. */
function continuation(line: string, mark: string): number | null {
  const trimmed = line.replace(/[ \t]+$/, "");
  return trimmed.endsWith(mark) ? trimmed.length - 1 : null;
}

function instructionOf(joined: string, places: number[], line: number): Instruction {
  const [head = "", keyword = ""] = /^\s*(?:ONBUILD\s+)*(\S+)\s*/i.exec(joined) ?? [];
  return {
    keyword: keyword.toUpperCase(),
    rest: joined.slice(head.length),
    line,
    placeOf: (at) => places[head.length + at] ?? (places.at(-1) ?? -1) + 1,
  };
}
