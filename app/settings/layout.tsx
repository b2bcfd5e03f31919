import type { ReactElement, ReactNode } from "react";
import { SettingsNav } from "@/components/settings/settings-nav";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";

/** The sections beside each other, the one at hand next to them. */
export default function SettingsLayout({ children }: { children: ReactNode }): ReactElement {
  return (
    <PageFrame current="settings">
      <PageTitle>Settings</PageTitle>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-5 min-[801px]:grid-cols-[180px_minmax(0,1fr)]">
        <SettingsNav />
        {children}
      </div>
    </PageFrame>
  );
}
