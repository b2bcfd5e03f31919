"use client";

import { ChevronDown } from "lucide-react";
import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";

/** The prompt as the page's heading: one line (three on a phone), all of it on demand. */
export function PromptTitle({ prompt }: { prompt: string }): ReactElement {
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const element = heading.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setCut(element.scrollHeight > element.clientHeight + 1));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="flex min-w-0 items-start gap-1.5">
      <h1
        ref={heading}
        id={id}
        className={cx(
          "min-w-0 font-[560] text-[15px] leading-[22px] tracking-[-0.01em] [overflow-wrap:anywhere]",
          open ? "max-h-[40vh] overflow-y-auto whitespace-pre-wrap" : "line-clamp-1 max-[700px]:line-clamp-3",
        )}
      >
        {prompt}
      </h1>
      {(cut || open) && (
        <Button
          kind="quiet"
          size="icon"
          aria-label={open ? "Show less of the prompt" : "Show all of the prompt"}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="size-[22px]"
        >
          <ChevronDown aria-hidden="true" className={cx("size-3.5 transition-transform", open && "rotate-180")} />
        </Button>
      )}
    </div>
  );
}
