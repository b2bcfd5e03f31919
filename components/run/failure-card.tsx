import { CircleX, Unplug } from "lucide-react";
import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { Failure } from "@/lib/run/failures";

/** So much of the raw words is read at a glance. */
const SHORT = 300;

/** What happened, what to do next, and the raw words behind it; long ones are folded. */
export function FailureCard({ failure, className }: { failure: Failure; className?: string }): ReactElement {
  const lost = failure.code === "lost";
  const detail = failure.detail?.trim() ?? "";
  const short = detail.length <= SHORT && detail.split("\n").length <= 4;
  return (
    <div className={cx("grid min-w-0 gap-1.5 rounded-md border p-2.5", lost ? "border-warn/45" : "border-bad/45", className)}>
      <p className="flex gap-2 font-semibold">
        {lost ? (
          <Unplug aria-label="Lost" className="mt-[3px] size-3.5 shrink-0 text-warn" />
        ) : (
          <CircleX aria-label="Failed" className="mt-[3px] size-3.5 shrink-0 text-bad" />
        )}
        <span className="min-w-0 [overflow-wrap:anywhere]">{failure.message}</span>
      </p>
      <p className="text-muted [overflow-wrap:anywhere]">{failure.remedy}</p>
      {detail !== "" && (
        <details open={short} className="min-w-0 text-meta text-muted">
          <summary className="w-fit rounded hover:text-text">Details</summary>
          {/* What scrolls must be reachable by keyboard. */}
          <pre
            tabIndex={0}
            aria-label="Details of the failure"
            className="mt-1.5 max-h-60 overflow-auto whitespace-pre-wrap rounded-md bg-raised px-2.5 py-2 [overflow-wrap:anywhere]"
          >
            {detail}
          </pre>
        </details>
      )}
    </div>
  );
}
