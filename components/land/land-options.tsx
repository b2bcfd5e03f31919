import { type ReactElement, type ReactNode, useId } from "react";
import type { LandPreviewResponse } from "@/lib/protocol/landing";
import type { RunState } from "@/lib/run/state";
import type { LandChoice } from "./use-landing";

const MODES: { mode: LandChoice["mode"]; text: string }[] = [
  { mode: "commit", text: "As a commit on the branch that is checked out" },
  { mode: "worktree", text: "As staged changes, to commit yourself" },
  { mode: "branch", text: "On a new branch from the run’s base, checked out" },
];
const field = "h-8 w-full min-w-0 rounded-md border border-line-strong bg-bg px-2.5 placeholder:text-faint";

interface LandOptionsProps {
  run: RunState;
  choice: LandChoice;
  preview: LandPreviewResponse | undefined;
  onChange: (part: Partial<LandChoice>) => void;
}

/** The options of the chosen way; those that only matter in a certain case are shown in that case. */
export function LandOptions({ run, choice, preview, onChange }: LandOptionsProps): ReactElement {
  const { kind, mode } = choice;
  const named = kind !== "checkout" || mode === "branch";
  const pushes = kind === "push" || kind === "pull_request";
  const landed = run.landings.some((landing) => landing.status === "finished" && landing.outcome.remote !== undefined);
  const blocked = (code: string): boolean => preview?.blockers.some((blocker) => blocker.code === code) === true;
  return (
    <div className="grid gap-2.5">
      {kind === "checkout" && <Modes mode={mode} onChange={onChange} />}
      {named && (
        <Field label="Branch">
          {(id) => (
            <input
              id={id}
              className={field}
              defaultValue={choice.branch}
              placeholder={preview?.branch ?? ""}
              spellCheck={false}
              onBlur={(event) => onChange({ branch: event.target.value })}
            />
          )}
        </Field>
      )}
      {kind !== "checkout" && preview?.moved !== null && preview?.moved !== undefined && (
        <Check checked={choice.rebase} onChange={(rebase) => onChange({ rebase })}>
          Bring it onto the newest commit of the base
        </Check>
      )}
      {pushes && landed && (
        <Check checked={choice.update} onChange={(update) => onChange({ update })}>
          Replace what this run has pushed to that branch before
        </Check>
      )}
      {kind === "pull_request" && (
        <Check checked={choice.draft} onChange={(draft) => onChange({ draft })}>
          As a draft
        </Check>
      )}
      {(blocked("filters") || choice.allowFilters) && (
        <Check checked={choice.allowFilters} onChange={(allowFilters) => onChange({ allowFilters })}>
          I have read the new rules in .gitattributes and allow them
        </Check>
      )}
      {(blocked("no_author") || choice.name !== "" || choice.email !== "") && (
        <div className="grid gap-2.5 sm:grid-cols-2">
          <Field label="Your name">
            {(id) => (
              <input
                id={id}
                className={field}
                autoComplete="name"
                defaultValue={choice.name}
                onBlur={(event) => onChange({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label="Your e-mail address">
            {(id) => (
              <input
                id={id}
                className={field}
                type="email"
                autoComplete="email"
                defaultValue={choice.email}
                onBlur={(event) => onChange({ email: event.target.value })}
              />
            )}
          </Field>
        </div>
      )}
    </div>
  );
}

function Modes({ mode, onChange }: { mode: LandChoice["mode"]; onChange: LandOptionsProps["onChange"] }): ReactElement {
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 text-meta text-muted">How?</legend>
      {MODES.map((one) => (
        <label key={one.mode} className="flex cursor-pointer items-start gap-2.5">
          <input
            type="radio"
            name="mode"
            checked={one.mode === mode}
            onChange={() => onChange({ mode: one.mode })}
            className="mt-1 accent-(--primary)"
          />
          {one.text}
        </label>
      ))}
    </fieldset>
  );
}

function Check({ checked, onChange, children }: { checked: boolean; onChange: (on: boolean) => void; children: ReactNode }): ReactElement {
  return (
    <label className="flex cursor-pointer items-start gap-2.5">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="mt-1 accent-(--primary)" />
      <span>{children}</span>
    </label>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactElement }): ReactElement {
  const id = useId();
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-meta text-muted">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
