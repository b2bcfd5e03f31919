"use client";

import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";

const shortcuts: readonly { keys: string; what: string }[] = [
  { keys: "1 – 5", what: "Maximise a pane; again to show all" },
  { keys: "Esc", what: "Show all panes" },
  { keys: "S", what: "Select the focused variation" },
  { keys: "L", what: "Live" },
  { keys: "D", what: "Diff" },
  { keys: "?", what: "These shortcuts" },
];

/** The keys of the run page. */
export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactElement {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-20 bg-bg/70" />
        <Dialog.Content
          aria-describedby={undefined}
          className="-translate-x-1/2 fixed top-[16vh] left-1/2 z-20 w-[min(400px,calc(100vw-32px))] rounded-md border border-line-strong bg-raised p-4"
        >
          <div className="mb-3 flex items-center justify-between">
            <Dialog.Title className="font-semibold text-page">Keyboard shortcuts</Dialog.Title>
            <Dialog.Close asChild>
              <Button kind="quiet" size="icon" aria-label="Close">
                <X aria-hidden="true" className="size-3.5" />
              </Button>
            </Dialog.Close>
          </div>
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
            {shortcuts.map(({ keys, what }) => (
              <div key={keys} className="contents">
                <dt>
                  <kbd className="rounded border border-line-strong px-1.5 text-[11px] text-muted">{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
