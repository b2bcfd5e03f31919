"use client";

import { Command } from "cmdk";
import { BookMarked, Check, ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { type ReactElement, type ReactNode, useState } from "react";
import type { SetupResponse } from "@/lib/protocol/http";
import { repositoryName } from "./repository-name";

interface RepositoryPickerProps {
  setup: SetupResponse;
  value: string;
  onChange: (address: string) => void;
  /** Id of the error's text, when there is one. */
  errorId?: string;
}

/** Where the run starts from: a recent repository, the sample, or any address that is typed. */
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
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={6}
          collisionPadding={12}
          aria-label="Pick a repository"
          className="z-20 w-[min(440px,calc(100vw-24px))] rounded-md border border-line-strong bg-raised text-body shadow-lg"
        >
          <RepositoryList setup={setup} value={value} onChoose={choose} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface Entry {
  url: string;
  name: string;
  note: string;
}

function RepositoryList({
  setup,
  value,
  onChoose,
}: Pick<RepositoryPickerProps, "setup" | "value"> & { onChoose: (address: string) => void }): ReactElement {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const matches = entriesOf(setup).filter(({ url, name }) => `${url} ${name}`.toLowerCase().includes(text.toLowerCase()));
  const isNew = text !== "" && !matches.some(({ url }) => url === text);
  // An address is meant as it stands; a word is more likely a search, so what it finds comes first.
  const isAddress = /[:/]/.test(text);
  const use = isNew && (
    <Item key="typed" value={`use ${text}`} onSelect={() => onChoose(text)} checked={false}>
      <span className="shrink-0 text-muted">Use</span>
      <span className="truncate font-mono text-meta">{text}</span>
    </Item>
  );
  return (
    <Command shouldFilter={false} label="Repositories">
      <Command.Input
        value={typed}
        onValueChange={setTyped}
        placeholder="Search, or give a URL or an absolute path"
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        className="h-9 w-full border-line border-b bg-transparent px-3 text-page outline-none placeholder:text-faint sm:text-body"
      />
      <Command.List className="max-h-72 overflow-y-auto p-1">
        {isAddress && use}
        {matches.map(({ url, name, note }) => (
          <Item key={url} value={url} onSelect={() => onChoose(url)} checked={url === value}>
            <span className="truncate font-medium">{name}</span>
            <span className="ml-auto truncate pl-3 text-meta text-muted">{note}</span>
          </Item>
        ))}
        {!isAddress && use}
      </Command.List>
      <p className="border-line border-t px-3 py-2 text-meta text-muted">
        <span className="font-mono">https://</span> and <span className="font-mono">ssh://</span> addresses, or a folder of this server.
      </p>
    </Command>
  );
}

function Item({
  children,
  checked,
  ...rest
}: {
  children: ReactNode;
  checked: boolean;
  value: string;
  onSelect: () => void;
}): ReactElement {
  return (
    <Command.Item {...rest} className="flex min-h-8 cursor-default items-center gap-2 rounded px-2 data-[selected=true]:bg-hover">
      <Check size={13} className={checked ? "shrink-0" : "invisible shrink-0"} aria-hidden="true" />
      {children}
      {checked && <span className="sr-only">, picked</span>}
    </Command.Item>
  );
}

/** Recent ones first; the sample is always there, once. */
function entriesOf({ recent_repositories: recent, sample_repository: sample }: SetupResponse): Entry[] {
  const entries = recent.filter(({ url }) => url !== sample?.url).map(({ url, name }) => ({ url, name, note: url }));
  return sample === null ? entries : [...entries, { url: sample.url, name: sample.name, note: "sample repository" }];
}
