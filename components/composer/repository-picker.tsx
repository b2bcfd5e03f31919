"use client";

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { BookMarked, ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { type ReactElement, useState } from "react";
import { listLocalRepositories } from "@/lib/client/api";
import type { SetupResponse } from "@/lib/protocol/http";
import { readAddress } from "@/lib/protocol/repository-address";
import { PickerInput, PickerItem, PickerPanel } from "./picker";
import { repositoryName } from "./repository-name";

interface RepositoryPickerProps {
  setup: SetupResponse;
  value: string;
  onChange: (address: string) => void;
  /** Id of the error's text, when there is one. */
  errorId?: string;
}

/** Where the run starts from: a recent repository, one of this machine, the sample, or any address that is typed. */
export function RepositoryPicker({ setup, value, onChange, errorId }: RepositoryPickerProps): ReactElement {
  const [open, setOpen] = useState(false);
  const { host, name } = repositoryName(value, setup);
  const choose = (address: string): void => {
    onChange(address);
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={value === "" ? "Repository: none picked" : `Repository: ${host}${name}`}
        aria-describedby={errorId}
        data-invalid={errorId === undefined ? undefined : ""}
        title={value || undefined}
        className="inline-flex h-9 min-w-0 items-center gap-1.5 rounded-md px-2 text-body hover:bg-hover sm:h-7"
      >
        <BookMarked size={13} className="shrink-0 text-muted" aria-hidden="true" />
        <span className="truncate">
          <span className="text-muted max-sm:hidden">{host}</span>
          {value === "" ? <span className="text-muted">Pick a repository</span> : <span className="font-medium">{name}</span>}
        </span>
        <ChevronDown size={12} className="shrink-0 text-muted" aria-hidden="true" />
      </Popover.Trigger>
      <PickerPanel label="Pick a repository">
        <RepositoryList setup={setup} value={value} onChoose={choose} />
      </PickerPanel>
    </Popover.Root>
  );
}

interface Entry {
  url: string;
  name: string;
  note: string;
}

const GROUPS = ["Recent", "On this machine", "To try it out"] as const;
type Group = (typeof GROUPS)[number];

function RepositoryList({
  setup,
  value,
  onChoose,
}: Pick<RepositoryPickerProps, "setup" | "value"> & { onChoose: (address: string) => void }): ReactElement {
  const [typed, setTyped] = useState("");
  const local = useQuery({ queryKey: ["local-repositories"], queryFn: listLocalRepositories, staleTime: 30_000, retry: false });
  const text = typed.trim();
  const groups = groupsOf(setup, local.data?.repositories ?? []);
  const matches = (entry: Entry): boolean => `${entry.url} ${entry.name}`.toLowerCase().includes(text.toLowerCase());
  const found = Object.values(groups).flat().filter(matches);
  const isNew = text !== "" && !found.some(({ url }) => url === text);
  // An address is meant as it stands; a word is more likely a search, so what it finds comes first.
  const isAddress = /[:/]/.test(text);
  const reading = readAddress(text, setup.git_hosts);
  const refusal = isNew && isAddress && "refusal" in reading ? reading.refusal : undefined;
  return (
    <Command shouldFilter={false} label="Repositories">
      <PickerInput value={typed} onChange={setTyped} placeholder="Search, or give a URL or an absolute path" />
      <Command.List className="picker-list">
        {isNew && "address" in reading && (
          <PickerItem value={`use ${text}`} onSelect={() => onChoose(text)} checked={false}>
            <span className="shrink-0 text-muted">Use</span>
            <span className="truncate font-mono text-meta">{text}</span>
          </PickerItem>
        )}
        {GROUPS.map((group) => (
          <RepositoryGroup key={group} name={group} entries={groups[group].filter(matches)} value={value} onChoose={onChoose} />
        ))}
      </Command.List>
      <p
        role="status"
        className={
          refusal === undefined
            ? "border-line border-t px-3 py-2 text-meta text-muted"
            : "border-line border-t px-3 py-2 text-bad text-meta"
        }
      >
        {refusal ?? (found.length === 0 && text !== "" && !isAddress ? "No repository of this name. " : "")}
        {refusal === undefined && (
          <>
            <span className="font-mono">https://</span> and <span className="font-mono">ssh://</span> addresses,{" "}
            <span className="font-mono">git@host:path</span>, or an allowed folder of this server.
          </>
        )}
      </p>
    </Command>
  );
}

function RepositoryGroup({
  name,
  entries,
  value,
  onChoose,
}: {
  name: Group;
  entries: Entry[];
  value: string;
  onChoose: (address: string) => void;
}): ReactElement | null {
  if (entries.length === 0) return null;
  return (
    <Command.Group
      heading={name}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-1.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[11px] [&_[cmdk-group-heading]]:text-muted"
    >
      {entries.map(({ url, name: shown, note }) => (
        <PickerItem key={url} value={url} onSelect={() => onChoose(url)} checked={url === value}>
          <span className="max-w-[60%] truncate font-medium">{shown}</span>
          <span className="ml-auto truncate pl-3 text-meta text-muted" title={note}>
            {note}
          </span>
        </PickerItem>
      ))}
    </Command.Group>
  );
}

/** Each repository once: under what a person knows it by best. */
function groupsOf(setup: SetupResponse, local: { url: string; name: string }[]): Record<Group, Entry[]> {
  const { recent_repositories: recent, sample_repository: sample } = setup;
  const known = new Set([sample?.url, ...recent.map(({ url }) => url)]);
  return {
    Recent: recent.filter(({ url }) => url !== sample?.url).map(({ url, name }) => ({ url, name, note: url })),
    "On this machine": local.filter(({ url }) => !known.has(url)).map(({ url, name }) => ({ url, name, note: url })),
    "To try it out": sample === null ? [] : [{ url: sample.url, name: sample.name, note: "sample repository" }],
  };
}
