"use client";

import { X } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import type { Exposure } from "@/lib/protocol/environment";
import { exposureWords } from "./exposure-words";

interface VariableListProps {
  empty: string;
  /** `shown` is absent for secrets. */
  rows: { name: string; expose: Exposure; shown?: string }[];
  onRemove: (name: string) => Promise<boolean>;
}

/** Names, who sees them, and values where they may be seen. */
export function VariableList({ empty, rows, onRemove }: VariableListProps): ReactElement {
  if (rows.length === 0) return <p className="text-meta text-muted">{empty}</p>;
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {rows.map(({ name, expose, shown }) => (
        <li key={name} className="flex min-h-9 items-center gap-3 px-2.5 py-1">
          <code className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            {name}
            <span className="text-muted">{shown === undefined ? " = ••••••••" : ` = ${shown}`}</span>
          </code>
          <span className="shrink-0 text-meta text-muted">{exposureWords[expose]}</span>
          <Button kind="quiet" size="icon" aria-label={`Remove ${name}`} onClick={() => void onRemove(name)}>
            <X aria-hidden="true" className="size-3.5" />
          </Button>
        </li>
      ))}
    </ul>
  );
}
