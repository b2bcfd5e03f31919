import type { ReactElement } from "react";
import type { Shortcut } from "./registry";

/** Keys and what they do, group by group. */
export function ShortcutList({ groups }: { groups: readonly { group: string; rows: readonly Shortcut[] }[] }): ReactElement {
  return (
    <div className="grid gap-4">
      {groups.map(({ group, rows }) => (
        <section key={group} aria-label={group}>
          <h3 className="mb-1.5 text-meta text-muted">{group}</h3>
          <dl className="grid grid-cols-[104px_1fr] items-baseline gap-x-4 gap-y-1.5">
            {rows.map(({ keys, what }) => (
              <div key={what} className="contents">
                <dt>
                  <kbd className="inline-block rounded border border-line-strong px-1.5 text-[11px] text-muted leading-4">{keys}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
