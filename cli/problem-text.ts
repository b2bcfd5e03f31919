import type { Problem } from "@/lib/protocol/http";
import { inert } from "./terminal/text";

/** Fields of `POST /runs` → the options that set them. */
const optionOf: [RegExp, string][] = [
  [/^github_url$/, "--repo"],
  [/^prompt$/, "--prompt"],
  [/^variations$/, "-n"],
  [/^base$/, "--base"],
  [/(^|\.)model$/, "--model"],
  [/(^|\.)agent$/, "--agent"],
  [/(^|\.)limits\.minutes$/, "--minutes"],
  [/^max_dollars$/, "--max-dollars"],
];

/** For a terminal: what happened, then each wrong field with what to do; no stack, nothing twice. */
export function problemText({ detail, errors = [] }: Problem): string {
  const fields = errors.map(({ field, message }) => {
    const option = optionOf.find(([pattern]) => pattern.test(field))?.[1];
    const name = option === undefined ? field : `${field} (${option})`;
    return message === detail ? "" : `\n  ${name}: ${message}`;
  });
  return inert(detail + fields.join(""));
}
