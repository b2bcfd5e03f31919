import type { ReactElement } from "react";
import { formatBytes } from "@/lib/format";
import type { ReconcileReportResponse } from "@/lib/protocol/server-status";

const words: Record<string, string> = {
  mirrors: "Mirrors of repositories",
  runs: "Runs",
  attempts: "Working trees",
  environments: "Dependencies",
  trash: "Trash",
  database: "Database",
  other: "Other",
};

/** What lies in the data folder by kind, and how much room the disk has. */
export function DiskMeter({ disk }: { disk: ReconcileReportResponse["disk"] }): ReactElement {
  if (disk === null) return <p className="text-body text-muted">Not measured yet.</p>;
  const used = disk.total_bytes - disk.free_bytes;
  const share = disk.total_bytes === 0 ? 0 : (100 * used) / disk.total_bytes;
  const scarce = share > 90;
  return (
    <>
      <div
        role="meter"
        aria-label="Disk in use"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share)}
        className="h-1.5 overflow-hidden rounded-sm bg-hover"
      >
        <div className={`h-full rounded-sm ${scarce ? "bg-bad" : "bg-text"}`} style={{ width: `${share}%` }} />
      </div>
      <p className={`mt-1.5 text-meta tabular-nums ${scarce ? "text-bad" : "text-muted"}`}>
        {formatBytes(disk.free_bytes)} free of {formatBytes(disk.total_bytes)}
        {scarce && ": agents are ended when the disk is full. Delete what you do not need."}
      </p>
      <dl className="mt-2 grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-7">
        {Object.entries(disk.by_kind).map(([kind, bytes]) => (
          <div key={kind} className="min-w-0">
            <dt className="text-meta text-muted">{words[kind] ?? kind}</dt>
            <dd className="text-body tabular-nums">
              {disk.at_least && "≥ "}
              {formatBytes(bytes)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
