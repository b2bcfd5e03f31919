import type { ReactElement, ReactNode } from "react";
import { AwayBanner } from "./away-banner";
import { type CurrentPage, TopBar } from "./top-bar";

/** A page to read and fill in, as opposed to the workbench: one column under the bar. */
export function PageFrame({ current, children }: { current?: CurrentPage; children: ReactNode }): ReactElement {
  return (
    <>
      <TopBar current={current} />
      <main className="mx-auto max-w-[1168px] px-4 pt-5 pb-10 text-page sm:px-6 sm:pt-10 sm:pb-12">{children}</main>
      <AwayBanner />
    </>
  );
}

/** The headline of the home page, and of what stands in while it loads. */
export function PageTitle({ children }: { children: ReactNode }): ReactElement {
  return <h1 className="mb-3.5 font-semibold text-title leading-7 tracking-[-0.015em]">{children}</h1>;
}
