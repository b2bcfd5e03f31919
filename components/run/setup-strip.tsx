"use client";

import { Check, ChevronRight, LoaderCircle, PackageX, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { type ReactElement, useId, useState } from "react";
import { OutputText } from "@/components/transcript/output-text";
import { cx } from "@/components/ui/cx";
import type { SetupState } from "@/lib/run/setup";
import { isTerminal, type RunState } from "@/lib/run/state";
import { Elapsed } from "./elapsed";

/** How the run's dependencies come or came, in one line; what the set-up printed unfolds below it. */
export function SetupStrip({ run }: { run: RunState }): ReactElement | null {
  const [open, setOpen] = useState(false);
  const outputId = useId();
  const { setup } = run;
  if (setup === undefined) return null;
  const running = setup.finished === undefined && !isTerminal(run.status);
  const hasOutput = setup.output !== "";
  return (
    <section aria-label="Set-up" className="shrink-0 border-line border-b text-meta">
      <div className="flex min-h-8 items-center gap-2 px-4 py-1">
        <Mark setup={setup} running={running} />
        <p role="status" className="min-w-0 flex-1 text-muted [overflow-wrap:anywhere]">
          <Words setup={setup} running={running} />
          {needsSettings(setup) && (
            <>
              {" "}
              <Link href={`/projects/${run.projectId}`} className="text-text underline underline-offset-2">
                Environment
              </Link>
            </>
          )}
        </p>
        {running && (
          <span className="text-faint tabular-nums">
            <Elapsed from={setup.startedAt} />
          </span>
        )}
        {hasOutput && (
          <button
            type="button"
            aria-expanded={open}
            aria-controls={outputId}
            onClick={() => setOpen(!open)}
            className="inline-flex h-[26px] shrink-0 items-center gap-1 rounded-md px-1.5 text-muted hover:bg-hover hover:text-text"
          >
            <ChevronRight aria-hidden="true" className={cx("size-3 transition-transform", open && "rotate-90")} />
            Output
          </button>
        )}
      </div>
      {open && hasOutput && (
        <div id={outputId} className="border-line border-t bg-raised">
          {setup.truncated > 0 && (
            <p className="px-2.5 pt-1.5 text-faint">{setup.truncated.toLocaleString("en-US")} characters left out in the middle.</p>
          )}
          <OutputText toggle="setup.all" text={setup.output} running={running} label="Output of the set-up" />
        </div>
      )}
    </section>
  );
}

function Mark({ setup: { finished }, running }: { setup: SetupState; running: boolean }): ReactElement {
  if (running) return <LoaderCircle aria-hidden="true" className="size-3.5 shrink-0 animate-spin text-muted motion-reduce:animate-none" />;
  if (finished?.skipped === true) return <PackageX aria-hidden="true" className="size-3.5 shrink-0 text-muted" />;
  if (finished?.ok === true) return <Check aria-hidden="true" className="size-3.5 shrink-0 text-ok" />;
  return <TriangleAlert aria-hidden="true" className="size-3.5 shrink-0 text-warn" />;
}

function Words({ setup, running }: { setup: SetupState; running: boolean }): ReactElement {
  const { command, cached, finished } = setup;
  const shown = <code className="text-text">{command}</code>;
  if (finished === undefined) return running ? <>Setting up: {shown}</> : <>Not set up: {shown} was not finished.</>;
  if (finished.skipped) return <>Set-up skipped: {finished.reason}</>;
  if (!finished.ok) {
    return (
      <>
        Set-up failed: {shown}, {finished.reason}
      </>
    );
  }
  return (
    <>
      Set up: {shown}
      {cached ? ", reused" : `, ${seconds(finished.durationMs)}`}
    </>
  );
}

function needsSettings({ finished }: SetupState): boolean {
  return finished !== undefined && (!finished.ok || finished.skipped);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
