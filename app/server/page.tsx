import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactElement } from "react";
import { ServerStatusView } from "@/components/server/server-status-view";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import type { ServerStatusResponse } from "@/lib/protocol/server-status";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Server" };

/** What this server has, holds apart and tidies up. */
export default async function ServerPage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  return (
    <PageFrame current="server">
      <PageTitle>Server</PageTitle>
      <ServerStatusView {...(await load())} />
    </PageFrame>
  );
}

async function load(): Promise<{ initial: ServerStatusResponse; now: number }> {
  return { initial: await getServices().server.describe(), now: Date.now() };
}
