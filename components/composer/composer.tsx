"use client";

import { ChevronRight, GitBranch } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactElement, type RefObject, useEffect, useRef, useState } from "react";
import { type StoreApi, useStore } from "zustand";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { SubmitKey } from "@/components/ui/submit-key";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { SetupResponse } from "@/lib/protocol/http";
import { type ComposerErrors, errorsOf, lineUpText, requestOf, standingErrors } from "./composer-errors";
import type { Draft, DraftStore } from "./draft-store";
import { FieldError } from "./field-error";
import { LimitsFields, limitsSummary } from "./limits-fields";
import { LineUp } from "./line-up";
import { PromptField } from "./prompt-field";
import { RepositoryPicker } from "./repository-picker";
import { useSubmitRun } from "./use-submit-run";

interface ComposerProps {
  setup: SetupResponse;
  store: StoreApi<DraftStore>;
  promptRef: RefObject<HTMLTextAreaElement | null>;
  /** Shown beside the repository while there is no prompt yet. */
  onUseSample?: () => void;
}

/** Puts a run together: where, what, who, and how far. */
export function Composer({ setup, store, promptRef, onUseSample }: ComposerProps): ReactElement {
  const draft = useStore(store);
  const hydrated = useHydrated();
  const form = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<{ errors: ComposerErrors; draft: Draft }>();
  const [unfolded, setUnfolded] = useState(false);
  const { submit, busy } = useSubmitRun({ onStarted: draft.forgetPrompt });
  const errors = refusal === undefined ? {} : standingErrors(refusal.errors, refusal.draft, draft);

  useEffect(() => {
    if (refusal !== undefined) form.current?.querySelector<HTMLElement>("[data-invalid]")?.focus();
  }, [refusal]);

  function refuse(found: ComposerErrors): void {
    setRefusal({ errors: found, draft });
    if (found.limits !== undefined) setUnfolded(true);
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (busy) return;
    const result = requestOf(draft);
    if ("errors" in result) return refuse(result.errors);
    setRefusal(undefined);
    submit(result.request, (problem) => refuse(errorsOf(problem)));
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>): void {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.requestSubmit();
  }

  return (
    <form
      ref={form}
      aria-label="New run"
      noValidate
      onSubmit={onSubmit}
      onKeyDown={onKeyDown}
      className="rounded-[10px] border border-line-strong bg-panel transition-colors focus-within:border-[color-mix(in_srgb,var(--text)_45%,transparent)]"
    >
      <div className="border-line border-b p-2">
        <div className="flex flex-wrap items-center gap-1">
          <RepositoryPicker
            setup={setup}
            value={draft.repository}
            errorId={errors.repository === undefined ? undefined : "repository-error"}
            // A branch belongs to its repository.
            onChange={(repository) => draft.edit(repository === draft.repository ? {} : { repository, base: "" })}
          />
          <label className="inline-flex h-9 items-center gap-1.5 rounded-md px-2 focus-within:bg-hover hover:bg-hover sm:h-7">
            <GitBranch size={13} className="shrink-0 text-muted" aria-hidden="true" />
            <input
              aria-label="Base branch"
              aria-invalid={errors.base !== undefined}
              aria-describedby={errors.base === undefined ? undefined : "base-error"}
              data-invalid={errors.base === undefined ? undefined : ""}
              value={draft.base}
              onChange={(event) => draft.edit({ base: event.target.value })}
              // A line of its own would send the form: the branch is rarely the last thing to fill in.
              onKeyDown={(event) => event.key === "Enter" && !event.metaKey && !event.ctrlKey && event.preventDefault()}
              placeholder="default branch"
              autoCapitalize="off"
              autoComplete="off"
              spellCheck={false}
              className="field-sizing-content min-w-[100px] max-w-56 bg-transparent text-[16px] outline-none placeholder:text-body placeholder:text-muted sm:text-body"
            />
          </label>
          {onUseSample !== undefined && setup.sample_repository !== null && draft.prompt === "" && (
            <Button kind="quiet" className="disabled:opacity-100 max-sm:h-9 sm:ml-auto" disabled={!hydrated} onClick={onUseSample}>
              Use the sample repository
            </Button>
          )}
        </div>
        <FieldError id="repository-error" message={errors.repository} className="px-2 pt-1" />
        <FieldError id="base-error" message={errors.base} className="px-2 pt-1" />
      </div>
      <PromptField ref={promptRef} value={draft.prompt} error={errors.prompt} onChange={(prompt) => draft.edit({ prompt })} />
      <div className="flex flex-wrap items-center gap-2 p-2.5 sm:p-2">
        <LineUp
          models={setup.models}
          value={draft.models}
          errors={errors.models}
          errorId="line-up-error"
          onChange={draft.setModel}
          onAdd={draft.addVariation}
          onRemove={draft.removeVariation}
        />
        <button
          type="button"
          aria-expanded={unfolded}
          aria-controls="limits"
          onClick={() => setUnfolded(!unfolded)}
          className="inline-flex h-10 min-w-0 items-center gap-1.5 rounded-md px-1 text-meta hover:bg-hover sm:ml-auto sm:h-[30px] sm:px-2"
        >
          <ChevronRight size={12} className={cx("shrink-0 text-muted transition-transform", unfolded && "rotate-90")} aria-hidden="true" />
          Limits <span className="truncate text-muted tabular-nums">{limitsSummary(draft.limits)}</span>
        </button>
        <RunButton busy={busy} />
      </div>
      <FieldError id="line-up-error" message={lineUpText(errors)} className="px-4 pb-2.5" />
      {unfolded && <LimitsFields id="limits" value={draft.limits} errors={errors.limits} onChange={draft.setLimit} />}
      <FieldError id="form-error" message={errors.form} className="border-line border-t px-4 py-2.5" />
    </form>
  );
}

function RunButton({ busy }: { busy: boolean }): ReactElement {
  const hydrated = useHydrated();
  return (
    <Button
      type="submit"
      kind="primary"
      // Before the page is alive a press would reload it. While busy the button stays focusable: focus must not get lost.
      disabled={!hydrated}
      aria-disabled={busy}
      aria-busy={busy}
      className={cx("h-10 px-4 text-body disabled:opacity-100 max-sm:ml-auto sm:h-[30px] sm:pr-2 sm:pl-3.5", busy && "opacity-60")}
    >
      Run
      <SubmitKey className="max-sm:hidden" />
    </Button>
  );
}
