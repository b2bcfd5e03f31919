"use client";

import { type ReactElement, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { currentShortcuts } from "./registry";
import { ShortcutList } from "./shortcut-list";

/** The keys of the page at hand. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }): ReactElement {
  const [groups] = useState(currentShortcuts);
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} className="w-[min(460px,calc(100vw-24px))]">
      {/* What scrolls must be reachable by keyboard. */}
      <div tabIndex={0} role="group" aria-label="Keys" className="rounded">
        <ShortcutList groups={groups} />
      </div>
    </Dialog>
  );
}
