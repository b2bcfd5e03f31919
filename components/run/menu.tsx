"use client";

import { Slot } from "radix-ui";
import { type ComponentType, type MouseEvent, type PointerEvent, type ReactElement, type ReactNode, useState } from "react";

export type MenuEntry = { key: string } & (
  | { kind: "line" }
  /** `shortcut`: the key that does the same. */
  | { kind: "item"; label: ReactNode; shortcut?: string; onSelect: () => void }
  | { kind: "tick"; label: ReactNode; checked: boolean; disabled: boolean; onChange: (checked: boolean) => void }
);

export interface MenuProps {
  /** The button. */
  trigger: ReactElement;
  label: string;
  entries: readonly MenuEntry[];
}

type Panel = ComponentType<MenuProps & { open: boolean; onOpenChange: (open: boolean) => void }>;

/** A button's menu. What shows it comes when somebody points at the button, or presses it: pages are lighter without. */
export function Menu(props: MenuProps): ReactElement {
  const [open, setOpen] = useState(false);
  const [loaded, setLoaded] = useState<{ Panel: Panel }>();
  const load = (): void => void import("./menu-panel").then(({ MenuPanel }) => setLoaded({ Panel: MenuPanel }));
  if (loaded !== undefined) return <loaded.Panel {...props} open={open} onOpenChange={setOpen} />;
  const show = (event: MouseEvent | PointerEvent): void => {
    if (event.button !== 0 || event.ctrlKey) return;
    setOpen(true);
    load();
  };
  return (
    // Pressed, not clicked: between the two the button may have become another one.
    <Slot.Root aria-haspopup="menu" aria-expanded={open} onPointerEnter={load} onPointerDown={show} onClick={show}>
      {props.trigger}
    </Slot.Root>
  );
}
