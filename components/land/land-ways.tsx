import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { LandPreviewResponse } from "@/lib/protocol/landing";
import type { RunState } from "@/lib/run/state";
import { type LandWay, landWays, landWords } from "./land-words";

interface LandWaysProps {
  legend: string;
  kind: LandWay;
  ways: LandPreviewResponse["ways"] | undefined;
  /** What is known of where each would go: a branch, a folder. */
  details?: Partial<Record<LandWay, string>>;
  onChange: (kind: LandWay) => void;
}

/** Where to: the ways that this run has, and why it has not the others. */
export function LandWays({ legend, kind, ways, details = {}, onChange }: LandWaysProps): ReactElement {
  return (
    <fieldset className="grid min-w-0">
      <legend className="mb-2 font-semibold">{legend}</legend>
      <div className="overflow-hidden rounded-md border border-line">
        {landWays.map((one) => {
          const way = ways?.find((entry) => entry.kind === one);
          const impossible = one !== "branch" && one !== "download" && way?.possible !== true;
          const about = way?.reason ?? landWords[one].about;
          return (
            <label
              key={one}
              className={cx(
                "flex items-start gap-2.5 border-line border-b px-3 py-2 last:border-b-0 hover:bg-hover",
                one === kind && "bg-raised",
                // What is still being looked at is not shown as refused.
                impossible && ways !== undefined ? "cursor-not-allowed text-muted" : "cursor-pointer",
              )}
            >
              <input
                type="radio"
                name="kind"
                checked={one === kind}
                disabled={impossible}
                onChange={() => onChange(one)}
                className="mt-1 shrink-0 accent-(--primary)"
              />
              <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
                <span className="shrink-0">{landWords[one].name}</span>
                <span className="text-meta text-muted">{about}</span>
                {details[one] !== undefined && !impossible && (
                  <code className="ml-auto min-w-0 truncate text-muted max-sm:ml-0 max-sm:w-full" title={details[one]}>
                    {details[one]}
                  </code>
                )}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** Where each way would go, as far as the preview of a branch tells. */
export function wayDetails(run: RunState, preview: LandPreviewResponse | undefined): Partial<Record<LandWay, string>> {
  if (preview === undefined) return {};
  const path = run.repositoryUrl.startsWith("/") ? run.repositoryUrl : undefined;
  const into = run.base?.branch;
  return {
    branch: preview.branch ?? undefined,
    checkout: path,
    pull_request: into === undefined ? undefined : `into ${into}`,
    download: preview.files === 1 ? "1 file" : `${preview.files} files`,
  };
}
