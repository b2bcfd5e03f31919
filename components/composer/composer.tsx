"use client";

import { ChevronRight } from "lucide-react";
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
import { pictureNote } from "./picture-note";
import { PictureStrip } from "./picture-strip";
import { PresetsMenu } from "./presets-menu";
import { PromptField } from "./prompt-field";
import { useAttachments } from "./use-attachments";
import { useSubmitRun } from "./use-submit-run";
import { WhereRow } from "./where-row";

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
  const form = useRef<HTMLFormElement>(null);
  const [refusal, setRefusal] = useState<{ errors: ComposerErrors; draft: Draft }>();
  const [unfolded, setUnfolded] = useState(false);
  const { submit, busy } = useSubmitRun({ onStarted: draft.forgetPrompt });
  const attachments = useAttachments(store, promptRef);
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
    const result = requestOf(draft, setup.git_hosts);
    if ("errors" in result) return refuse(result.errors);
    setRefusal(undefined);
    submit(result.request, (problem) => refuse(errorsOf(problem)));
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>): void {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    form.current?.requestSubmit();
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
      <WhereRow
        setup={setup}
        draft={draft}
        errors={errors}
        onEdit={draft.edit}
        onFiles={attachments.take}
        onUseSample={draft.prompt === "" ? onUseSample : undefined}
      />
      <PromptField
        ref={promptRef}
        value={draft.prompt}
        error={errors.prompt}
        onChange={(prompt) => draft.edit({ prompt })}
        repository={draft.repository}
        base={draft.base}
        onFiles={attachments.take}
      />
      <PictureStrip pictures={draft.pictures} note={pictureNote(draft.lineUp)} onChange={draft.setPictures} />
      <FieldError
        id="pictures-error"
        message={[...attachments.refusals, errors.pictures ?? ""].join(" ").trim() || undefined}
        className="px-4 pb-2"
      />
      <div className="flex flex-wrap items-center gap-2 p-2.5 sm:p-2">
        <LineUp
          setup={setup}
          value={draft.lineUp}
          errors={errors.variations}
          errorId="line-up-error"
          onChange={draft.changeVariation}
          onSet={draft.setLineUp}
          onAdd={draft.addVariation}
          onRemove={draft.removeVariation}
        >
          <PresetsMenu setup={setup} value={draft.lineUp} onApply={draft.setLineUp} />
        </LineUp>
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
