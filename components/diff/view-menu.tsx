"use client";

import { Check, ChevronDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { useStored } from "@/lib/client/stored-value";
import { type ViewSettings, viewSettings } from "./view-settings";

const OPTIONS: { name: keyof Pick<ViewSettings, "wrap" | "ignoreWhitespace" | "foldUnchanged">; text: string }[] = [
  { name: "wrap", text: "Wrap long lines" },
  { name: "ignoreWhitespace", text: "Ignore leading and trailing white space" },
  { name: "foldUnchanged", text: "Fold unchanged lines" },
];
export const menuLook = "z-50 min-w-56 rounded-lg border border-line-strong bg-raised p-1 text-meta shadow-2xl";
export const menuItemLook =
  "flex h-7 cursor-pointer items-center gap-2 rounded px-2 outline-none data-[highlighted]:bg-hover data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50";

/** How differences are shown. `narrow`: there is no room for two columns, so that is not a question. */
export function ViewMenu({ narrow, onAccessibleViewer }: { narrow: boolean; onAccessibleViewer: () => void }): ReactElement {
  const settings = useStored(viewSettings);
  const set = (part: Partial<ViewSettings>): void => viewSettings.set({ ...viewSettings.get(), ...part });
  const inline = narrow || !settings.sideBySide;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button kind="quiet" aria-label={`View: ${inline ? "inline" : "side by side"}`}>
          <span className="max-[700px]:hidden">{inline ? "Inline" : "Side by side"}</span>
          <span className="min-[701px]:hidden">View</span>
          <ChevronDown aria-hidden="true" size={12} />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={menuLook}>
          {!narrow && (
            <>
              <DropdownMenu.RadioGroup
                value={settings.sideBySide ? "side" : "inline"}
                onValueChange={(value) => set({ sideBySide: value === "side" })}
              >
                <DropdownMenu.RadioItem value="side" className={menuItemLook}>
                  <Mark /> Side by side
                </DropdownMenu.RadioItem>
                <DropdownMenu.RadioItem value="inline" className={menuItemLook}>
                  <Mark /> Inline
                </DropdownMenu.RadioItem>
              </DropdownMenu.RadioGroup>
              <DropdownMenu.Separator className="my-1 h-px bg-line" />
            </>
          )}
          {OPTIONS.map(({ name, text }) => (
            <DropdownMenu.CheckboxItem
              key={name}
              checked={settings[name]}
              onCheckedChange={(checked) => set({ [name]: checked })}
              // One comes here to change several things.
              onSelect={(event) => event.preventDefault()}
              className={menuItemLook}
            >
              <Mark /> {text}
            </DropdownMenu.CheckboxItem>
          ))}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item onSelect={onAccessibleViewer} className={menuItemLook}>
            <span className="size-3.5" /> Read the changes as a list
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The check of an item that is on; its place where it is off. */
export function Mark(): ReactElement {
  return (
    <span className="grid size-3.5 place-items-center">
      <DropdownMenu.ItemIndicator>
        <Check aria-hidden="true" size={13} />
      </DropdownMenu.ItemIndicator>
    </span>
  );
}
