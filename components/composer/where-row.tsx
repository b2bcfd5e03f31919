"use client";

import { Paperclip } from "lucide-react";
import { type ReactElement, useRef } from "react";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { SetupResponse } from "@/lib/protocol/http";
import { BranchPicker } from "./branch-picker";
import type { ComposerErrors } from "./composer-errors";
import type { Draft, DraftStore } from "./draft-store";
import { FieldError } from "./field-error";
import { RepositoryPicker } from "./repository-picker";
import { reasonOf, useBranches } from "./use-repository";

interface WhereRowProps {
  setup: SetupResponse;
  draft: Pick<Draft, "repository" | "base">;
  errors: Pick<ComposerErrors, "repository" | "base">;
  onEdit: DraftStore["edit"];
  onFiles: (files: File[]) => void;
  onUseSample: (() => void) | undefined;
}

const COMMIT = /^[0-9a-f]{4,40}$/;

/** Where the run starts from: repository, base, and the commit that this is now. */
export function WhereRow({ setup, draft, errors, onEdit, onFiles, onUseSample }: WhereRowProps): ReactElement {
  const hydrated = useHydrated();
  const { repository, base } = draft;
  const { data, error, isPlaceholderData, refetch } = useBranches(repository, setup.git_hosts, { base });
  // What was known of another base says nothing of this one.
  const tip = isPlaceholderData ? undefined : base === "" ? data?.default_branch : data?.base;
  const baseError = errors.base ?? (tip === null && !COMMIT.test(base) ? missingBase(base) : undefined);
  return (
    <div className="border-line border-b p-2">
      <div className="flex items-center gap-1">
        <RepositoryPicker
          setup={setup}
          value={repository}
          errorId={errors.repository === undefined ? undefined : "repository-error"}
          // A branch belongs to its repository.
          onChange={(address) => onEdit(address === repository ? {} : { repository: address, base: "" })}
        />
        <BranchPicker
          repository={repository}
          gitHosts={setup.git_hosts}
          value={base}
          defaultBranch={data?.default_branch?.name}
          errorId={errors.base === undefined ? undefined : "base-error"}
          onChange={(next) => onEdit({ base: next })}
        />
        <div className="ml-auto flex shrink-0 items-center gap-1">
          {onUseSample !== undefined && setup.sample_repository !== null && (
            <Button kind="quiet" className="disabled:opacity-100 max-sm:hidden" disabled={!hydrated} onClick={onUseSample}>
              Use the sample repository
            </Button>
          )}
          {typeof tip?.commit === "string" && (
            <span className="whitespace-nowrap px-1 text-meta text-muted max-sm:hidden" title={tip.commit}>
              at <span className="font-mono">{tip.commit.slice(0, 7)}</span>
            </span>
          )}
          <AttachButton onFiles={onFiles} />
        </div>
      </div>
      <FieldError id="repository-error" message={errors.repository} className="px-2 pt-1" />
      {errors.repository === undefined && error !== null && (
        <p role="status" className="px-2 pt-1 text-meta text-warn">
          {reasonOf(error)}{" "}
          <button type="button" onClick={() => void refetch()} className="rounded text-text underline underline-offset-3">
            Try again
          </button>
        </p>
      )}
      <FieldError id="base-error" message={baseError} className="px-2 pt-1" />
    </div>
  );
}

function missingBase(base: string): string {
  if (base === "") return "This repository has no commit yet. Make a first commit there.";
  return `There is no branch or tag “${base}” in this repository.`;
}

function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }): ReactElement {
  const hydrated = useHydrated();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files for the prompt"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file may be chosen again.
          event.target.value = "";
        }}
      />
      <Button
        kind="quiet"
        size="icon"
        aria-label="Attach pictures or text files"
        title="Attach pictures or text files (or paste, or drop them)"
        disabled={!hydrated}
        className="disabled:opacity-100 max-sm:size-9"
        onClick={() => input.current?.click()}
      >
        <Paperclip size={14} aria-hidden="true" />
      </Button>
    </>
  );
}
