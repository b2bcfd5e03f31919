"use client";

import { Command } from "cmdk";
import { ChevronDown, GitBranch } from "lucide-react";
import { Popover } from "radix-ui";
import { type ReactElement, useState } from "react";
import { isBaseRef, NO_BASE_REF } from "@/lib/protocol/base-ref";
import { PickerInput, PickerItem, PickerPanel } from "./picker";
import { reasonOf, useBranches } from "./use-repository";

interface BranchPickerProps {
  repository: string;
  gitHosts: readonly string[];
  /** Empty: the default branch. */
  value: string;
  /** The default branch's name, once known. */
  defaultBranch: string | undefined;
  onChange: (base: string) => void;
  /** Id of the error's text, when there is one. */
  errorId?: string;
}

/** What the run starts from: a branch of the repository, or any branch, tag or commit that is typed. */
export function BranchPicker({ repository, gitHosts, value, defaultBranch, onChange, errorId }: BranchPickerProps): ReactElement {
  const [open, setOpen] = useState(false);
  const shown = value || defaultBranch || "default branch";
  const choose = (base: string): void => {
    onChange(base);
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={`Base: ${shown}${value === "" && defaultBranch !== undefined ? ", the default branch" : ""}`}
        aria-describedby={errorId}
        data-invalid={errorId === undefined ? undefined : ""}
        title={shown}
        className="inline-flex h-9 min-w-0 max-w-64 items-center gap-1.5 rounded-md px-2 text-body hover:bg-hover sm:h-7"
      >
        <GitBranch size={13} className="shrink-0 text-muted" aria-hidden="true" />
        <span className={value === "" && defaultBranch === undefined ? "truncate text-muted" : "truncate font-medium"}>{shown}</span>
        <ChevronDown size={12} className="shrink-0 text-muted" aria-hidden="true" />
      </Popover.Trigger>
      <PickerPanel label="Pick a base" className="w-[min(380px,calc(100vw-24px))]">
        <BranchList repository={repository} gitHosts={gitHosts} value={value} onChoose={choose} />
      </PickerPanel>
    </Popover.Root>
  );
}

function BranchList({
  repository,
  gitHosts,
  value,
  onChoose,
}: Pick<BranchPickerProps, "repository" | "gitHosts" | "value"> & { onChoose: (base: string) => void }): ReactElement {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const { data, error, isFetching, refetch } = useBranches(repository, gitHosts, { query: text });
  const branches = data?.branches ?? [];
  const head = data?.default_branch?.name;
  const isNew = text !== "" && !branches.some(({ name }) => name === text);
  const sound = isBaseRef(text);
  return (
    <Command shouldFilter={false} label="Branches">
      <PickerInput value={typed} onChange={setTyped} placeholder="Search branches, or give a tag or commit" />
      <Command.List className="picker-list" aria-busy={isFetching}>
        {branches.map(({ name, commit }) => (
          <PickerItem key={name} value={name} onSelect={() => onChoose(name === head ? "" : name)} checked={name === (value || head)}>
            <span className="truncate">{name}</span>
            {name === head && (
              <span className="shrink-0 rounded-full border border-line-strong px-1.5 text-[11px] text-muted leading-4">default</span>
            )}
            <span className="ml-auto shrink-0 pl-3 font-mono text-meta text-muted">{commit.slice(0, 7)}</span>
          </PickerItem>
        ))}
        {isNew && sound && (
          <PickerItem value={`use ${text}`} onSelect={() => onChoose(text)} checked={false}>
            <span className="shrink-0 text-muted">Start from</span>
            <span className="truncate font-mono text-meta">{text}</span>
          </PickerItem>
        )}
      </Command.List>
      <p role="status" className={`border-line border-t px-3 py-2 text-meta ${error === null ? "text-muted" : "text-bad"}`}>
        {isNew && !sound ? NO_BASE_REF : statusOf({ data, error, isFetching, repository, text })}
        {error !== null && (
          <button type="button" onClick={() => void refetch()} className="ml-1 rounded text-text underline underline-offset-3">
            Try again
          </button>
        )}
      </p>
    </Command>
  );
}

function statusOf({
  data,
  error,
  isFetching,
  repository,
  text,
}: {
  data: ReturnType<typeof useBranches>["data"];
  error: Error | null;
  isFetching: boolean;
  repository: string;
  text: string;
}): string {
  if (error !== null) return reasonOf(error);
  if (repository === "") return "Pick a repository first.";
  if (data === undefined) return isFetching ? "Asking the repository…" : "Its branches are not known.";
  const { total, branches } = data;
  if (total === 0) return text === "" ? "This repository has no branch yet." : "No branch has that in its name.";
  const count = total === 1 ? "1 branch" : `${total.toLocaleString("en-US")} branches`;
  return branches.length < total ? `${count}; the first ${branches.length} are shown.` : `${count}.`;
}
