"use client";

import { Check, Monitor, Moon, Sun } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactElement, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { applyTheme, storedTheme, type Theme } from "./theme";

const choices = [
  { theme: "system", label: "System", Icon: Monitor },
  { theme: "light", label: "Light", Icon: Sun },
  { theme: "dark", label: "Dark", Icon: Moon },
] as const;

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  const follow = (): void => {
    applyTheme(storedTheme()); // Chosen in another tab.
    listener();
  };
  listeners.add(listener);
  addEventListener("storage", follow);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", follow);
  };
}

/** Lets a person follow the system or choose light or dark. */
export function ThemeSwitch(): ReactElement {
  // The server knows no choice: it renders "system", which is corrected on hydration.
  const theme = useSyncExternalStore<Theme>(subscribe, storedTheme, () => "system");
  const current = choices.find((choice) => choice.theme === theme) ?? choices[0];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button
          kind="quiet"
          size="icon"
          aria-label={`Theme: ${current.label.toLowerCase()}`}
          title={`Theme: ${current.label.toLowerCase()}`}
        >
          <current.Icon size={15} aria-hidden="true" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-20 min-w-36 rounded-md border border-line-strong bg-raised p-1 text-body shadow-lg"
        >
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => choose(value as Theme)}>
            {choices.map(({ theme: value, label, Icon }) => (
              <DropdownMenu.RadioItem
                key={value}
                value={value}
                className="flex h-7 cursor-default items-center gap-2 rounded px-2 text-text outline-none data-[highlighted]:bg-hover"
              >
                <Icon size={14} className="text-muted" aria-hidden="true" />
                <span className="grow">{label}</span>
                <DropdownMenu.ItemIndicator>
                  <Check size={14} aria-hidden="true" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function choose(theme: Theme): void {
  applyTheme(theme);
  for (const listener of listeners) listener();
}
