import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { ComposerErrors } from "./composer-errors";
import type { DraftLimits } from "./draft-store";
import { FieldError } from "./field-error";

/** What holds when a field is left empty; the server fills it in. */
const fallback: DraftLimits = { turns: "60", minutes: "30", dollars: "none", runDollars: "none" };

const labels: Record<keyof DraftLimits, string> = {
  turns: "Model turns",
  minutes: "Minutes",
  dollars: "US dollars",
  runDollars: "US dollars in all",
};
const each = ["turns", "minutes", "dollars"] as const;

/** The limits in a few words, for the folded state. */
export function limitsSummary({ turns, minutes, dollars, runDollars }: DraftLimits): string {
  const own = dollars.trim() === "" ? [] : [`$${dollars.trim()} each`];
  const all = runDollars.trim() === "" ? [] : [`$${runDollars.trim()} in all`];
  const money = own.length + all.length === 0 ? ["no dollar cap"] : [...own, ...all];
  return [...money, `${minutes.trim() || fallback.minutes} min`, `${turns.trim() || fallback.turns} turns`].join(" · ");
}

interface LimitsFieldsProps {
  id: string;
  value: DraftLimits;
  errors: ComposerErrors["limits"];
  onChange: (name: keyof DraftLimits, value: string) => void;
}

/** How far each variation may go, and what all of them may spend together. */
export function LimitsFields({ id, value, errors, onChange }: LimitsFieldsProps): ReactElement {
  const field = (name: keyof DraftLimits): ReactElement => (
    <LimitField key={name} id={`${id}-${name}`} name={name} value={value[name]} error={errors?.[name]} onChange={onChange} />
  );
  return (
    <div id={id} className="flex flex-wrap items-start gap-x-6 gap-y-2 border-line border-t px-3 py-2.5">
      <fieldset className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <legend className="pb-1.5 text-meta text-muted">Each variation stops at whichever it reaches first</legend>
        {each.map(field)}
      </fieldset>
      <fieldset>
        <legend className="pb-1.5 text-meta text-muted">The whole run</legend>
        {field("runDollars")}
      </fieldset>
    </div>
  );
}

interface LimitFieldProps extends Pick<LimitsFieldsProps, "onChange"> {
  id: string;
  name: keyof DraftLimits;
  value: string;
  error: string | undefined;
}

function LimitField({ id, name, value, error, onChange }: LimitFieldProps): ReactElement {
  const errorId = `${id}-error`;
  return (
    <div className="w-32">
      <label className="grid gap-1 text-meta text-muted">
        {labels[name]}
        <input
          inputMode={name === "turns" ? "numeric" : "decimal"}
          autoComplete="off"
          value={value}
          placeholder={fallback[name]}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : errorId}
          data-invalid={error === undefined ? undefined : ""}
          onChange={(event) => onChange(name, event.target.value)}
          className={cx(
            "h-9 w-full rounded-md border bg-bg px-2 text-[16px] text-text tabular-nums placeholder:text-faint sm:h-7 sm:text-body",
            error === undefined ? "border-line-strong" : "border-bad",
          )}
        />
      </label>
      <FieldError id={errorId} message={error} className="mt-1" />
    </div>
  );
}
