import { Ban, CircleCheck } from "lucide-react";
import type { ReactElement } from "react";
import type { Available } from "@/lib/protocol/settings";

/** What can run here; where it cannot, why. */
export function AvailableList({ label, rows }: { label: string; rows: readonly Available[] }): ReactElement {
  return (
    <ul aria-label={label} className="border-line border-t">
      {rows.map(({ id, name, can_run, why }) => (
        <li
          key={id}
          className="grid grid-cols-[18px_minmax(0,1fr)] items-baseline gap-x-2 border-line border-b py-2 sm:grid-cols-[18px_190px_minmax(0,1fr)]"
        >
          {can_run ? (
            <CircleCheck aria-label="can run" className="size-3.5 translate-y-0.5 text-ok" />
          ) : (
            <Ban aria-label="cannot run" className="size-3.5 translate-y-0.5 text-muted" />
          )}
          <span className="text-body">{name}</span>
          <span className="col-start-2 text-meta text-muted [overflow-wrap:anywhere] sm:col-start-3">{why}</span>
        </li>
      ))}
    </ul>
  );
}
