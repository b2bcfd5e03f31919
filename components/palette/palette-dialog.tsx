"use client";

import { useQuery } from "@tanstack/react-query";
import { defaultFilter, Command as Menu } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { Key } from "@/components/ui/key";
import { listRuns } from "@/lib/client/api";
import { formatAge } from "@/lib/format";
import { type Command, currentCommands, keyName, watchCommands } from "./registry";

/** How many runs can be found by their prompt. */
const RUNS = 50;

/** The command palette: everything that can be done here, every place, and the newest runs, found by typing. */
export function PaletteDialog({ onClose }: { onClose: () => void }): ReactElement {
  const [commands, setCommands] = useState(offered);
  // A part of the page may still be on its way.
  useEffect(() => watchCommands(() => setCommands(offered())), []);
  const [search, setSearch] = useState("");
  const chosen = useRef<() => void>(undefined);
  const choose = (run: () => void): void => {
    chosen.current = run;
    onClose();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[#00000080]" />
        <Dialog.Content
          aria-describedby={undefined}
          // The focus goes back to where it was, then the command may move it.
          onCloseAutoFocus={() => void setTimeout(() => chosen.current?.(), 0)}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(640px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-[10px] border border-line-strong bg-panel shadow-2xl outline-none"
        >
          <Dialog.Title className="sr-only">Search and do</Dialog.Title>
          <Menu label="Search" loop filter={(_, typed, words = []) => defaultFilter(words[0] ?? "", typed, words.slice(1))}>
            <div className="flex items-center gap-2.5 border-line border-b px-4">
              <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
              <Menu.Input
                value={search}
                onValueChange={setSearch}
                placeholder="Search or jump to…"
                className="h-12 w-full bg-transparent text-[16px] outline-none placeholder:text-faint sm:text-[15px]"
              />
              <Key className="shrink-0">Esc</Key>
            </div>
            <Menu.List
              tabIndex={-1}
              className="h-[min(384px,56vh)] scroll-py-2 overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[11.5px] [&_[cmdk-group-heading]]:text-muted"
            >
              <Menu.Empty className="px-2 py-6 text-center text-muted">Nothing here is called that.</Menu.Empty>
              {grouped(commands).map(([group, rows]) => (
                <Menu.Group key={group} heading={group}>
                  {rows.map((command) => (
                    <Row
                      key={command.id}
                      value={command.id}
                      words={[command.title, ...(command.keywords ?? []), group]}
                      onSelect={() => choose(command.run)}
                    >
                      <span className="min-w-0 flex-1 truncate">{command.title}</span>
                      {command.key !== undefined && <Key>{keyName(command.key, command.shift)}</Key>}
                    </Row>
                  ))}
                </Menu.Group>
              ))}
              <RecentRuns onChoose={choose} />
            </Menu.List>
          </Menu>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function offered(): Command[] {
  return currentCommands().filter(({ keyOnly }) => keyOnly !== true);
}

function RecentRuns({ onChoose }: { onChoose: (run: () => void) => void }): ReactElement | null {
  const router = useRouter();
  const { data, dataUpdatedAt, isPending, isError } = useQuery({
    queryKey: ["palette-runs"],
    queryFn: () => listRuns({ limit: RUNS }),
  });
  if (isPending || isError) {
    return (
      <Menu.Group heading="Recent runs">
        <Menu.Loading>
          <p className="px-2 py-1.5 text-muted">{isPending ? "Loading…" : "The runs could not be loaded: the server does not answer."}</p>
        </Menu.Loading>
      </Menu.Group>
    );
  }
  if (data.runs.length === 0) return null;
  return (
    <Menu.Group heading="Recent runs">
      {data.runs.map((run) => (
        <Row
          key={run.run_id}
          value={run.run_id}
          words={[run.prompt.replace(/\s+/g, " ").slice(0, 300), run.repository_name, run.run_id]}
          onSelect={() => onChoose(() => router.push(`/runs/${run.run_id}`))}
        >
          <span className="min-w-0 flex-1 truncate">{run.prompt}</span>
          <code className="max-w-40 truncate text-[11.5px] text-muted max-sm:hidden">{run.repository_name}</code>
          <span className="w-8 shrink-0 text-right text-meta text-muted tabular-nums">
            {formatAge(Date.parse(run.created_at), dataUpdatedAt)}
          </span>
        </Row>
      ))}
    </Menu.Group>
  );
}

function Row(props: { value: string; words: string[]; onSelect: () => void; children: ReactNode }): ReactElement {
  return (
    <Menu.Item
      value={props.value}
      keywords={props.words}
      onSelect={props.onSelect}
      className="flex h-8 cursor-default items-center gap-3 rounded-md px-2 text-body data-[selected=true]:bg-hover"
    >
      {props.children}
    </Menu.Item>
  );
}

function grouped(commands: readonly Command[]): [string, Command[]][] {
  const groups = new Map<string, Command[]>();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups];
}
