import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { ConnectionStatus } from "@/lib/client/run-connection";

const looks: Record<ConnectionStatus, { dot: string; word: string; title: string }> = {
  connecting: { dot: "bg-warn", word: "Connecting", title: "Connecting to the server" },
  live: { dot: "bg-ok", word: "Live", title: "What happens is shown as it happens" },
  offline: {
    dot: "bg-bad",
    word: "Offline",
    title: "No connection to the server. The run goes on; the page catches up when the server is back.",
  },
};

/** Whether what is shown is what happens now: dot and word. */
export function ConnectionState({ status }: { status: ConnectionStatus }): ReactElement {
  const { dot, word, title } = looks[status];
  return (
    <span data-connection={status} title={title} className="inline-flex items-center gap-1.5 px-1 text-meta text-muted">
      <span aria-hidden="true" className={cx("size-2 rounded-full", dot)} />
      <span className="max-[700px]:sr-only">{word}</span>
    </span>
  );
}
