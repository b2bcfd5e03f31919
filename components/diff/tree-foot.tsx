"use client";

import { ChevronDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { useStored } from "@/lib/client/stored-value";
import type { Likeness } from "@/lib/compare/mark";
import type { TreeFile } from "@/lib/diff/file-tree";
import { viewedProgress } from "@/lib/diff/viewed-files";
import { Mark, menuItemLook, menuLook } from "./view-menu";
import { viewSettings } from "./view-settings";
import { viewedFiles } from "./viewed";

const LIKENESS: { value: Likeness; short: string; text: string }[] = [
  { value: "exact", short: "same text", text: "Only the same text" },
  { value: "space", short: "but for white space", text: "Also what differs in white space only" },
  { value: "imports", short: "but for import order", text: "Also what differs in white space or the order of imports" },
];

/** What counts as the same, and how many files are viewed. */
export function TreeFoot({ files, variations }: { files: TreeFile[]; variations: number }): ReactElement {
  return (
    <div className="flex h-8 shrink-0 items-center gap-2 border-line border-t pr-1 pl-3">
      <Progress files={files} />
      <span className="flex-1" />
      {variations > 1 && <LikenessMenu />}
    </div>
  );
}

/** The marks of the tree and the numbers of the hunk map follow it. */
function LikenessMenu(): ReactElement {
  const { likeness } = useStored(viewSettings);
  const short = LIKENESS.find(({ value }) => value === likeness)?.short ?? "";
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button kind="quiet" className="min-w-0 px-2 font-normal" aria-label={`What counts as the same: ${short}`}>
          <span className="truncate">Equal: {short}</span>
          <ChevronDown aria-hidden="true" size={12} />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" side="top" sideOffset={4} className={menuLook}>
          <DropdownMenu.Label className="px-2 py-1 text-muted">Counts as the same</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={likeness}
            onValueChange={(value) => viewSettings.set({ ...viewSettings.get(), likeness: value as Likeness })}
          >
            {LIKENESS.map(({ value, text }) => (
              <DropdownMenu.RadioItem key={value} value={value} className={menuItemLook}>
                <Mark /> {text}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Progress({ files }: { files: TreeFile[] }): ReactElement | null {
  const kept = useStored(viewedFiles);
  const { viewed, total } = viewedProgress(
    files.flatMap(({ row }) => (row === undefined ? [] : [row])),
    kept,
  );
  if (total === 0) return null;
  return (
    <span className="flex shrink-0 items-center gap-2 text-meta text-muted tabular-nums">
      <span aria-hidden="true" className="h-[3px] w-10 overflow-hidden rounded-sm bg-hover">
        <span className="block h-full bg-ok" style={{ width: `${(100 * viewed) / total}%` }} />
      </span>
      {viewed}/{total} viewed
    </span>
  );
}
