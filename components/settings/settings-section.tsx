import type { ReactElement, ReactNode } from "react";

/** One section of the settings: what it is about, then what can be set. */
export function SettingsSection({ title, note, children }: { title: string; note: ReactNode; children: ReactNode }): ReactElement {
  return (
    <section className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-5" aria-labelledby="section">
      <header>
        <h2 id="section" className="font-semibold text-[16px]">
          {title}
        </h2>
        <p className="mt-1 max-w-[72ch] text-body text-muted">{note}</p>
      </header>
      {children}
    </section>
  );
}
