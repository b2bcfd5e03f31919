import { Check, TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";
import type { SandboxReportResponse } from "@/lib/protocol/http";

/** What keeps agents apart and within bounds on this machine, each found out by trying. */
export function SandboxMeasures({ sandbox }: { sandbox: SandboxReportResponse }): ReactElement {
  return (
    <>
      <ul className="border-line border-t">
        {sandbox.measures.map(({ name, in_force, how }) => (
          <li
            key={name}
            className="grid grid-cols-[18px_minmax(0,1fr)] items-baseline gap-x-2 border-line border-b py-1.5 text-body sm:grid-cols-[18px_180px_minmax(0,1fr)]"
          >
            {in_force ? (
              <Check aria-label="in force" className="size-3.5 translate-y-0.5 text-ok" />
            ) : (
              <TriangleAlert aria-label="not in force" className="size-3.5 translate-y-0.5 text-warn" />
            )}
            <span className="first-letter:uppercase inline-block">{name}</span>
            <span className="col-start-2 text-muted sm:col-start-3">{how}</span>
          </li>
        ))}
      </ul>
      {sandbox.remedy !== null && <p className="mt-2 text-body text-warn">{sandbox.remedy}</p>}
    </>
  );
}
