import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { ProjectCheck } from "@/lib/protocol/checks";
import { kindNames } from "./kind-names";

interface CheckRowsProps {
  /** Detected ones and the server's own. */
  checks: readonly ProjectCheck[];
  disabled: readonly string[];
  onToggle: (id: string, on: boolean) => void;
  /** A detected one is to be changed. */
  onTakeOver: (check: ProjectCheck) => void;
}

/** What was found, each with its tick. */
export function CheckRows({ checks, disabled, onToggle, onTakeOver }: CheckRowsProps): ReactElement {
  const commands = checks.filter(({ command }) => command !== null);
  return (
    <div className="min-w-0 rounded-md border border-line">
      {commands.length === 0 && (
        <p className="border-line border-b px-3 py-2.5 text-muted">
          No checks were found in this repository. Add a command of your own below, such as <code>npm test</code>: its exit code is enough.
        </p>
      )}
      <ul aria-label="Checks that were found">
        {checks.map((check) => {
          const on = !disabled.includes(check.id);
          return (
            <li key={check.id} className="flex min-h-10 min-w-0 items-center gap-3 border-line px-3 py-1.5 [&:not(:first-child)]:border-t">
              <label className="flex min-w-0 flex-1 items-center gap-2.5">
                <input
                  type="checkbox"
                  checked={on}
                  onChange={(event) => onToggle(check.id, event.target.checked)}
                  className="size-4 shrink-0 accent-primary"
                />
                <span className={cx("min-w-0 [overflow-wrap:anywhere]", !on && "text-muted")}>
                  {check.name}{" "}
                  <span className="text-meta text-muted">
                    {check.command === null ? (
                      "done by this server"
                    ) : (
                      <>
                        {check.name === kindNames[check.kind] ? "" : `${kindNames[check.kind]}, `}
                        <code>{check.command}</code> from {check.from}
                      </>
                    )}
                  </span>
                </span>
              </label>
              {check.command !== null && on && (
                <Button kind="quiet" aria-label={`Edit ${check.name}`} onClick={() => onTakeOver(check)}>
                  Edit
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
