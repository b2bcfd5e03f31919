"use client";

import { Command } from "cmdk";
import { Check } from "lucide-react";
import { Popover } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { cx } from "@/components/ui/cx";

/** What opens below a button of the composer. */
export function PickerPanel({ label, children, className }: { label: string; children: ReactNode; className?: string }): ReactElement {
  return (
    <Popover.Portal>
      <Popover.Content align="start" sideOffset={6} collisionPadding={12} aria-label={label} className={cx("picker", className)}>
        {children}
      </Popover.Content>
    </Popover.Portal>
  );
}

/** The field that a list is searched by. */
export function PickerInput({
  value,
  onChange,
  placeholder,
}: {
  value: string;
  onChange: (text: string) => void;
  placeholder: string;
}): ReactElement {
  return (
    <Command.Input
      value={value}
      onValueChange={onChange}
      placeholder={placeholder}
      autoCapitalize="off"
      autoComplete="off"
      spellCheck={false}
      className="h-10 w-full border-line border-b bg-transparent px-3 text-[16px] outline-none placeholder:text-faint sm:h-9 sm:text-body"
    />
  );
}

/** One entry of a list. */
export function PickerItem({
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
    <Command.Item
      {...rest}
      className="flex min-h-10 cursor-default items-center gap-2 rounded px-2 data-[selected=true]:bg-hover sm:min-h-8"
    >
      <Check size={13} className={checked ? "shrink-0" : "invisible shrink-0"} aria-hidden="true" />
      {children}
      {checked && <span className="sr-only">, picked</span>}
    </Command.Item>
  );
}
