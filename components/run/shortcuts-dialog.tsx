import type { ReactElement } from "react";
import { Dialog } from "@/components/ui/dialog";

const shortcuts: readonly { keys: string; what: string }[] = [
  { keys: "1 – 5", what: "Live: maximise a pane; again to show all" },
  { keys: "Esc", what: "Live: show all panes" },
  { keys: "1 – 5", what: "Diff: the right side" },
  { keys: "⇧ 1 – 5", what: "Diff: the left side" },
  { keys: "[ ] or p n", what: "Diff: previous and next change, on into other files" },
  { keys: "k j", what: "Diff: previous and next file" },
  { keys: "V", what: "Diff: file viewed" },
  { keys: "X", what: "Diff: swap sides" },
  { keys: "I", what: "Diff: inline or side by side" },
  { keys: "T", what: "Diff: filter files" },
  { keys: "S", what: "Select the focused variation" },
  { keys: "L", what: "Live" },
  { keys: "D", what: "Diff" },
  { keys: "?", what: "These shortcuts" },
];

/** The keys of the run page. */
export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactElement | null {
  if (!open) return null;
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} className="w-[min(420px,calc(100vw-24px))]">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
        {shortcuts.map(({ keys, what }) => (
          <div key={what} className="contents">
            <dt>
              <kbd className="inline-block rounded border border-line-strong px-1.5 text-[11px] text-muted leading-4">{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
