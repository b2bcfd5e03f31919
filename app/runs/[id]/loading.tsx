import type { ReactElement } from "react";
import { TopBar } from "@/components/shell/top-bar";

/** The page's outline while the run is read: the same lines at the same places. */
export default function Loading(): ReactElement {
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <TopBar current="runs" />
      <main aria-busy="true" className="flex min-h-0 flex-1 flex-col">
        <p className="sr-only">Loading the run…</p>
        <div className="border-line border-b px-4 py-3">
          <div className="h-[22px] py-1">
            <div className="h-3.5 w-[min(480px,70%)] rounded bg-hover" />
          </div>
          <div className="mt-0.5 h-[18px] py-1">
            <div className="h-2.5 w-[min(300px,50%)] rounded bg-hover" />
          </div>
        </div>
        <div className="h-9 shrink-0 border-line border-b" />
        <div className="flex min-h-0 flex-1">
          {[0, 1, 2].map((pane) => (
            <div key={pane} className="flex-1 border-line max-[700px]:not-first:hidden [&:not(:first-child)]:border-l">
              <div className="h-[59px] border-line border-b bg-panel" />
            </div>
          ))}
        </div>
      </main>
    </div>
  );
}
