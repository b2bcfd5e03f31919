import type { ReactElement } from "react";
import { Dialog } from "@/components/ui/dialog";

interface Shortcuts {
  view: string;
  keys: readonly { keys: string; what: string }[];
}

const views: readonly Shortcuts[] = [
  {
    view: "Live",
    keys: [
      { keys: "1 – 5", what: "Maximise a pane, whatever its place; again to show all" },
      { keys: "Esc", what: "Show all panes; take the mark away" },
      { keys: "< >", what: "Move the focused pane left and right" },
      { keys: "H", what: "Hide the focused pane" },
      { keys: "⇧ H", what: "Show all hidden panes" },
      { keys: "End", what: "To the latest, and follow it" },
      { keys: "J K", what: "Mark the next and the previous item" },
      { keys: "C", what: "Copy the text of the marked item" },
      { keys: "Y", what: "Copy a link to the marked item" },
      { keys: "/", what: "Find in the focused pane (Ctrl F or ⌘ F as well)" },
      { keys: "Ctrl ⇧ F", what: "Find in all panes" },
      { keys: "⏎ ⇧⏎", what: "In the field: next and previous match" },
    ],
  },
  {
    view: "Diff",
    keys: [
      { keys: "1 – 5", what: "The right side" },
      { keys: "⇧ 1 – 5", what: "The left side" },
      { keys: "[ ]", what: "Previous and next change" },
    ],
  },
  {
    view: "Everywhere",
    keys: [
      { keys: "S", what: "Select the focused variation" },
      { keys: "L", what: "Live" },
      { keys: "D", what: "Diff" },
      { keys: "?", what: "These shortcuts" },
    ],
  },
];

/** The keys of the run page. */
export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactElement | null {
  if (!open) return null;
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} className="w-[min(480px,calc(100vw-24px))]">
      <div className="grid gap-4">
        {views.map(({ view, keys }) => (
          <section key={view} aria-label={view}>
            <h3 className="mb-1.5 font-semibold text-meta text-muted">{view}</h3>
            <dl className="grid grid-cols-[84px_1fr] gap-x-4 gap-y-1.5">
              {keys.map(({ keys: pressed, what }) => (
                <div key={what} className="contents">
                  <dt>
                    <kbd className="inline-block rounded border border-line-strong px-1.5 text-[11px] text-muted leading-4">{pressed}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
