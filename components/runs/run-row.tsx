import Link from "next/link";
import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import { useHydrated } from "@/components/ui/use-hydrated";
import { formatAge, formatDollars } from "@/lib/format";
import type { RunSummary } from "@/lib/protocol/http";
import { modelKind } from "@/lib/run/model-kind";
import { variationLetter } from "@/lib/run/select";
import { isLive, RunOutcome } from "./run-outcome";
import { StatusMarks } from "./status-marks";

/** The columns of the list and its head, from the phone's card to the full table. */
export const runColumns =
  "grid grid-cols-[minmax(0,1fr)_auto_auto] gap-x-3 gap-y-1 sm:grid-cols-[minmax(0,1fr)_90px_84px_64px] sm:gap-x-4 lg:grid-cols-[minmax(0,1fr)_240px_86px_84px_36px_64px]";

/** Characters of a prompt; a row has room for some 100, a title for some lines. */
const SHOWN = 500;

/** One run; the whole row is the link. */
export function RunRow({ run, now }: { run: RunSummary; now: number }): ReactElement {
  const prompt = run.prompt.trim().replace(/\s+/g, " ");
  const lost = letters(run.variations.filter(({ failure_code }) => failure_code === "lost"));
  const label = notRealLabel(run);
  const failed = letters(run.variations.filter(({ state, failure_code }) => state === "failed" && failure_code !== "lost"));
  return (
    <li className="border-line border-b [contain-intrinsic-size:auto_87px] [content-visibility:auto] sm:[contain-intrinsic-size:auto_39px]">
      {/* The cells stand in the link, not under it: so their titles show, and its name says all that the row says. */}
      <Link
        href={`/runs/${run.run_id}`}
        className={cx(
          runColumns,
          "relative items-center py-2.5 text-body hover:bg-hover focus-visible:-outline-offset-2 sm:h-[38px] sm:px-2 sm:py-0",
        )}
      >
        <span className="col-span-full flex min-w-0 items-center gap-2 pr-10 sm:col-span-1 sm:pr-0">
          <span className="truncate" title={prompt.length > SHOWN ? `${prompt.slice(0, SHOWN)}…` : prompt}>
            {prompt.slice(0, SHOWN)}
          </span>
          {label !== undefined && (
            <span className="shrink-0 rounded-full border border-line-strong px-1.5 text-[11px] text-muted leading-4">{label}</span>
          )}
          {!isLive(run) && run.status !== "failed" && failed.length > 0 && (
            <span className="shrink-0 text-bad text-meta">{failed} failed</span>
          )}
          {!isLive(run) && lost.length > 0 && <span className="shrink-0 text-meta text-warn">{lost} lost</span>}
        </span>
        <Repository run={run} />
        <StatusMarks variations={run.variations} />
        <span className="justify-self-end text-meta sm:justify-self-start">
          <RunOutcome run={run} />
        </span>
        <Age at={run.created_at} now={now} />
        <span className="text-right text-meta tabular-nums">{formatDollars(run.dollars)}</span>
      </Link>
    </li>
  );
}

function letters(variations: RunSummary["variations"]): string {
  return variations.map(({ variation_id }) => variationLetter(variation_id)).join(", ");
}

function Repository({ run }: { run: RunSummary }): ReactElement {
  const ref = run.base_ref ?? run.base_commit;
  const base = ref === null ? "" : `@${/^[0-9a-f]{40}$/.test(ref) ? ref.slice(0, 7) : ref}`;
  return (
    <span
      title={`${run.repository_name}${base}`}
      className="col-span-full flex min-w-0 whitespace-nowrap font-mono text-[11.5px] text-muted sm:hidden lg:col-span-1 lg:flex"
    >
      <span className="truncate">{run.repository_name}</span>
      <span className="truncate">{base}</span>
    </span>
  );
}

function Age({ at, now }: { at: string; now: number }): ReactElement {
  // The server does not know the reader's time zone: the local time comes with hydration.
  const hydrated = useHydrated();
  const exact = hydrated ? new Date(at).toLocaleString() : `${at.slice(0, 16).replace("T", " ")} UTC`;
  return (
    <time
      dateTime={at}
      title={exact}
      className="absolute top-[11px] right-0 text-right text-meta text-muted tabular-nums sm:hidden lg:static lg:block"
    >
      {formatAge(Date.parse(at), now)}
    </time>
  );
}

/** What a run is called that no real model took part in. */
function notRealLabel({ demo, variations }: RunSummary): string | undefined {
  if (demo) return "demo";
  return variations.every(({ model }) => modelKind(model) !== "provider") ? "scripted" : undefined;
}
