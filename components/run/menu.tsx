"use client";

import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Key } from "@/components/ui/key";

const itemLook =
  "flex min-h-7 cursor-default select-none items-center gap-2 rounded pr-2 pl-2 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover max-[700px]:min-h-10";

/** A button's menu. `trigger` is the button. */
export function Menu({ trigger, label, children }: { trigger: ReactNode; label: string; children: ReactNode }): ReactElement {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="z-20 min-w-44 rounded-md border border-line-strong bg-raised p-1 text-meta shadow-lg"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  onSelect: () => void;
  disabled?: boolean;
  /** The key that does the same. */
  shortcut?: string;
  children: ReactNode;
}

export function MenuItem({ onSelect, disabled = false, shortcut, children }: MenuItemProps): ReactElement {
  return (
    <DropdownMenu.Item onSelect={onSelect} disabled={disabled} className={itemLook}>
      <span className="flex-1">{children}</span>
      {shortcut !== undefined && <Key className="ml-4">{shortcut}</Key>}
    </DropdownMenu.Item>
  );
}

/** Stays open: several can be ticked at once. */
export function MenuTick({
  checked,
  onChange,
  disabled = false,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  children: ReactNode;
}): ReactElement {
  return (
    <DropdownMenu.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      disabled={disabled}
      className={itemLook}
    >
      <span className="w-3 shrink-0">
        <DropdownMenu.ItemIndicator>
          <Check aria-hidden="true" className="size-3" />
        </DropdownMenu.ItemIndicator>
      </span>
      <span className="flex flex-1 items-center gap-2">{children}</span>
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuLine(): ReactElement {
  return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}
