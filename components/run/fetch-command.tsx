"use client";

import { Copy } from "lucide-react";
import type { ReactElement } from "react";
import { copyText } from "@/components/transcript/copy-text";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/use-hydrated";

/** How to get a branch of a run into one's own repository: the command, to be copied. */
export function FetchCommand({ runId, branch }: { runId: string; branch: string }): ReactElement | null {
  // The server may go by several names: the one in the address bar works from here.
  if (!useHydrated()) return null;
  const command = `git fetch ${window.location.origin}/git/runs/${runId} ${branch}`;
  const copy = (): void => copyText(command, "Command copied");
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <code className="min-w-0 select-all text-text [overflow-wrap:anywhere]">{command}</code>
      <Button size="icon" aria-label="Copy the command" title="Copy the command" onClick={copy}>
        <Copy aria-hidden="true" size={12} />
      </Button>
    </span>
  );
}
