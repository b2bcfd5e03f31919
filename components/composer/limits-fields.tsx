import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import { type ComposerErrors, limitNames } from "./composer-errors";
import type { DraftLimits } from "./draft-store";
import { FieldError } from "./field-error";

/** What holds when a field is left empty; the server fills it in. */
const fallback: DraftLimits = { turns: "60", minutes: "30", dollars: "none" };

const labels: Record<keyof DraftLimits, string> = { turns: "Model turns", minutes: "Minutes", dollars: "US dollars" };

/** The limits in a few words, for the folded state. */
export function limitsSummary({ turns, minutes, dollars }: DraftLimits): string {
  const cap = dollars.trim() === "" ? "no dollar limit" : `$${dollars.trim()}`;
  return `${turns.trim() || fallback.turns} turns · ${minutes.trim() || fallback.minutes} min · ${cap}`;
}

interface LimitsFieldsProps {
  id: string;
  value: DraftLimits;
  errors: ComposerErrors["limits"];
  onChange: (name: keyof DraftLimits, value: string) => void;
}

/** Three numbers, each for every single variation. */
export function LimitsFields({ id, value, errors, onChange }: LimitsFieldsProps): ReactElement {
  return (
    <fieldset id={id} className="flex flex-wrap items-start gap-x-4 gap-y-2 border-line border-t px-3 py-2.5">
      <legend className="sr-only">Limits of each variation</legend>
      {limitNames.map((name) => {
        const error = errors?.[name];
        const errorId = `${id}-${name}-error`;
        return (
          <div key={name} className="w-32">
            <label className="grid gap-1 text-meta text-muted">
              {labels[name]}
              <input
                inputMode={name === "turns" ? "numeric" : "decimal"}
                autoComplete="off"
                value={value[name]}
                placeholder={fallback[name]}
                aria-invalid={error !== undefined}
                aria-describedby={error === undefined ? undefined : errorId}
                data-invalid={error === undefined ? undefined : ""}
                onChange={(event) => onChange(name, event.target.value)}
                className={cx(
                  "h-9 w-full rounded-md border border-line-strong bg-bg px-2 text-page text-text tabular-nums placeholder:text-faint sm:h-7 sm:text-body",
                  error !== undefined && "border-bad",
                )}
              />
            </label>
            <FieldError id={errorId} message={error} className="mt-1" />
          </div>
        );
      })}
      <p className="self-center text-meta text-muted">Each variation stops at whichever it reaches first.</p>
    </fieldset>
  );
}
