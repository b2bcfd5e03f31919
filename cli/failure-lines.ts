import type { RunResponse } from "@/lib/protocol/http";
import type { Failure } from "@/lib/run/failures";
import { variationLetter } from "@/lib/run/select";
import { oneLine, type Paint } from "./terminal/text";

/** Of a failure's detail or a program's output so much is shown; pages have the rest. */
const LINES = 3;
const LONGEST_LINE = 300;

/** What happened and what to do, then the first lines of the detail, indented. */
export function failureLines({ message, remedy, detail = "" }: Failure): string[] {
  const details = shownLines(detail).slice(0, LINES);
  return [`${oneLine(message)} ${oneLine(remedy)}`, ...details.map((line) => `  ${line}`)];
}

/** Why a run and its variations failed, the letter in front; "" where nothing did. */
export function runFailures({ failure, variations }: Pick<RunResponse, "failure" | "variations">, paint: Paint): string {
  const lines = variations.flatMap((variation) => {
    const letter = paint(variationLetter(variation.variation_id), "bold");
    return variation.failure === null ? [] : failureLines(variation.failure).map((line) => `${letter}  ${line}\n`);
  });
  const whole =
    failure === null ? [] : failureLines(failure).map((line, at) => `${at === 0 ? paint("failed", "bad") : "      "}  ${line}\n`);
  return [...lines, ...whole].join("");
}

/** The end of what a program wrote: there it says why it failed. */
export function lastLines(output: string): string[] {
  return shownLines(output).slice(-LINES);
}

function shownLines(text: string): string[] {
  return text.split("\n").flatMap((line) => oneLine(line).slice(0, LONGEST_LINE) || []);
}
