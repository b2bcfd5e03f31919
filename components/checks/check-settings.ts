import type { ChangeProjectChecks, ProjectCheck, ProjectChecksResponse } from "@/lib/protocol/checks";
import type { Problem } from "@/lib/protocol/http";

/** A check of the project's own, as it stands in the form. */
export interface OwnCheck {
  key: string;
  name: string;
  command: string;
  kind: OwnKind;
  /** Set through the API; kept. */
  minutes?: number;
}

/** Kinds that a command can have, in the order in which a form offers them; the API has the same. */
export const ownKinds = ["test", "lint", "types", "build", "coverage"] as const;
export type OwnKind = (typeof ownKinds)[number];

/** The settings of checks as text fields and ticks. */
export interface CheckForm {
  automatic: boolean;
  stopWhenPassed: boolean;
  minutes: string;
  /** Empty: no limit. */
  maxLines: string;
  /** Ids of detected and built-in checks, and of own ones that are stored. */
  disabled: readonly string[];
  own: readonly OwnCheck[];
}

/** Messages by field: `minutes`, `maxLines`, `<key>.name`, `<key>.command`. */
export type FormErrors = ReadonlyMap<string, string>;

export const MAX_OWN_CHECKS = 20;

export function formOf({ automatic, stop_when_passed, minutes, max_lines, disabled, configured }: ProjectChecksResponse): CheckForm {
  return {
    automatic,
    stopWhenPassed: stop_when_passed,
    minutes: String(minutes),
    maxLines: max_lines === null ? "" : String(max_lines),
    disabled,
    own: configured.map((check, at) => ({ key: `own-${at}`, ...check })),
  };
}

/** The stored check that a row of the form stands for; undefined for a new one and for one with a new name. */
export function storedCheck({ name }: OwnCheck, checks: readonly ProjectCheck[]): ProjectCheck | undefined {
  const wanted = name.trim().toLowerCase();
  return checks.find((check) => check.from === null && check.command !== null && check.name.toLowerCase() === wanted);
}

/** What is wrong with the form, as far as a page can tell. */
export function formErrors({ minutes, maxLines, own }: CheckForm): FormErrors {
  const errors = new Map<string, string>();
  const time = Number(minutes);
  if (minutes.trim() === "" || !(time > 0 && time <= 120)) errors.set("minutes", "Give more than 0 and at most 120 minutes.");
  const lines = Number(maxLines);
  if (maxLines.trim() !== "" && !(Number.isInteger(lines) && lines >= 1 && lines <= 1_000_000)) {
    errors.set("maxLines", "Give a whole number from 1 to 1,000,000, or nothing.");
  }
  const names = own.map(({ name }) => name.trim().toLowerCase());
  own.forEach(({ key, name, command }, at) => {
    if (name.trim() === "") errors.set(`${key}.name`, "Give it a name.");
    else if (name.trim().length > 60) errors.set(`${key}.name`, "Use at most 60 characters.");
    else if (names.indexOf(name.trim().toLowerCase()) !== at) errors.set(`${key}.name`, "Another one has this name.");
    if (command.trim() === "") errors.set(`${key}.command`, "Give a command.");
  });
  return errors;
}

/** The request that stores a form without errors. */
export function requestOf({ automatic, stopWhenPassed, minutes, maxLines, disabled, own }: CheckForm): ChangeProjectChecks {
  return {
    automatic,
    stop_when_passed: stopWhenPassed,
    minutes: Number(minutes),
    max_lines: maxLines.trim() === "" ? null : Number(maxLines),
    disabled: [...disabled],
    configured: own.map(({ key: _, name, command, ...rest }) => ({ ...rest, name: name.trim(), command: command.trim() })),
  };
}

/** What the server said of fields, at the fields of the form; what fits none is left out. */
export function serverErrors({ errors = [] }: Pick<Problem, "errors">, { own }: CheckForm): FormErrors {
  const found = new Map<string, string>();
  for (const { field, message } of errors) {
    const [, at, part] = /^configured\.(\d+)\.(name|command)$/.exec(field) ?? [];
    const row = at === undefined ? undefined : own[Number(at)];
    if (row !== undefined) found.set(`${row.key}.${part}`, message);
    else if (field === "minutes") found.set("minutes", message);
    else if (field === "max_lines") found.set("maxLines", message);
  }
  return found;
}

/** A command that was detected becomes the project's own, to be changed; the detected one is turned off. */
export function takenOver(form: CheckForm, check: ProjectCheck, key: string): CheckForm {
  const kind = ownKinds.find((one) => one === check.kind) ?? "test";
  const names = new Set(form.own.map(({ name }) => name.trim().toLowerCase()));
  const name = names.has(check.name.toLowerCase()) ? `${check.name} (2)` : check.name;
  return {
    ...form,
    disabled: [...new Set([...form.disabled, check.id])],
    own: [...form.own, { key, name, command: check.command ?? "", kind }],
  };
}

/** On or off. */
export function toggled(form: CheckForm, id: string, on: boolean): CheckForm {
  const others = form.disabled.filter((one) => one !== id);
  return { ...form, disabled: on ? others : [...others, id] };
}
