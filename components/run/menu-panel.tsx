"use client";

import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { Key } from "@/components/ui/key";
import type { MenuEntry, MenuProps } from "./menu";

const itemLook =
  "flex min-h-7 cursor-default select-none items-center gap-2 rounded pr-2 pl-2 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover max-[700px]:min-h-10";

/** What a `Menu` becomes once somebody wants it. */
export function MenuPanel({
  trigger,
  label,
  entries,
  open,
  onOpenChange,
}: MenuProps & { open: boolean; onOpenChange: (open: boolean) => void }): ReactElement {
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="z-20 min-w-44 rounded-md border border-line-strong bg-raised p-1 text-meta shadow-lg"
        >
          {entries.map((entry) => (
            <Entry key={entry.key} entry={entry} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }): ReactElement {
  switch (entry.kind) {
    case "line":
      return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
    case "item":
      return (
        <DropdownMenu.Item onSelect={entry.onSelect} className={itemLook}>
          <span className="flex-1">{entry.label}</span>
          {entry.shortcut !== undefined && <Key className="ml-4">{entry.shortcut}</Key>}
        </DropdownMenu.Item>
      );
    case "tick":
      return (
        <DropdownMenu.CheckboxItem
          checked={entry.checked}
          onCheckedChange={entry.onChange}
          // Stays open: several can be ticked at once.
          onSelect={(event) => event.preventDefault()}
          disabled={entry.disabled}
          className={itemLook}
        >
          <span className="w-3 shrink-0">
            <DropdownMenu.ItemIndicator>
              <Check aria-hidden="true" className="size-3" />
            </DropdownMenu.ItemIndicator>
          </span>
          <span className="flex flex-1 items-center gap-2">{entry.label}</span>
        </DropdownMenu.CheckboxItem>
      );
  }
}
