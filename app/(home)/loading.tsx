import type { ReactElement } from "react";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";

/** The home page's shape, so that nothing moves when it arrives. */
export default function HomeLoading(): ReactElement {
  return (
    <PageFrame current="runs">
      <PageTitle>What should change?</PageTitle>
      <p role="status" className="sr-only">
        Loading…
      </p>
      <div aria-hidden="true">
        <div className="rounded-[10px] border border-line-strong bg-panel">
          <div className="h-[54px] border-line border-b sm:h-[45px]" />
          <div className="h-[128px] sm:h-[108px]" />
          <div className="h-[244px] sm:h-[46px]" />
        </div>
        <div className="mt-8 h-[114px] sm:h-8" />
        <div className="h-7 border-line border-b max-sm:hidden" />
        {["w-2/5", "w-1/4", "w-1/3", "w-2/6"].map((width) => (
          <div key={width} className="flex h-[87px] items-center border-line border-b sm:h-[39px] sm:px-2">
            <div className={`h-2.5 rounded bg-raised ${width}`} />
          </div>
        ))}
      </div>
    </PageFrame>
  );
}
