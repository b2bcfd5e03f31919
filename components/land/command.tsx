"use client";

import { Check, Copy } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";

/** A command to type, and to copy. */
export function Command({ title, text }: { title: string; text: string }): ReactElement {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // There is no clipboard without https or loopback.
      toast.error("The browser did not allow copying", { description: "Select the command and copy it yourself." });
    }
  };
  return (
    <div className="grid grid-cols-1 gap-1">
      <p className="text-meta text-muted">{title}</p>
      <div className="flex items-start gap-2 rounded-md bg-raised px-2.5 py-1.5">
        <code className="min-w-0 flex-1 select-all self-center text-meta [overflow-wrap:anywhere]">{text}</code>
        <Button kind="quiet" size="icon" aria-label={copied ? "Copied" : `Copy the command: ${title}`} onClick={() => void copy()}>
          {copied ? <Check aria-hidden="true" size={14} /> : <Copy aria-hidden="true" size={14} />}
        </Button>
      </div>
    </div>
  );
}
