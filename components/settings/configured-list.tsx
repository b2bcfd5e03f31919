import type { ReactElement } from "react";
import type { Configured } from "@/lib/protocol/settings";

/** What was configured, where it comes from and where it can be changed. */
export function ConfiguredList({ label, rows }: { label: string; rows: readonly Configured[] }): ReactElement {
  return (
    <ul aria-label={label} className="border-line border-t">
      {rows.map(({ name, value, meaning, variable, from_environment }) => (
        <li
          key={name}
          className="grid items-baseline gap-x-4 gap-y-0.5 border-line border-b py-2 sm:grid-cols-[170px_minmax(90px,150px)_minmax(0,1fr)]"
        >
          <span className="text-body">{name}</span>
          <span className="text-body tabular-nums [overflow-wrap:anywhere]">{value}</span>
          <span className="min-w-0 text-meta text-muted">
            {meaning}{" "}
            {variable !== null && (
              <>
                {from_environment ? "Set by " : "Set it by "}
                <code className="text-text [overflow-wrap:anywhere]">{variable}</code>.
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
