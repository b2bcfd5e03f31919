import type { ReactElement } from "react";
import { formatBytes } from "@/lib/format";
import type { ReconcileReportResponse } from "@/lib/protocol/server-status";

/** What waits for its time to be up; `kept` is undefined until the server has looked once. */
export function KeptList({ kept }: { kept: ReconcileReportResponse["kept"] | undefined }): ReactElement {
  return (
    <section className="grid gap-1.5">
      <h3 className="font-medium text-body">Kept for now, to be removed when their time is up</h3>
      {kept === undefined && <p className="text-meta text-muted">The first look is not over yet.</p>}
      {kept?.length === 0 && <p className="text-meta text-muted">Nothing is waiting.</p>}
      {kept !== undefined && kept.length > 0 && (
        <ul className="border-line border-t">
          {kept.map(({ what, why, bytes }) => (
            <li key={what} className="grid gap-x-4 border-line border-b py-2 text-body sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_80px]">
              <code className="[overflow-wrap:anywhere]">{what}</code>
              <span className="text-meta text-muted">{why}</span>
              <span className="text-right text-meta tabular-nums max-sm:text-left">{formatBytes(bytes)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
