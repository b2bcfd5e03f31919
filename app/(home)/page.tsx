import { connection } from "next/server";
import type { ReactElement } from "react";
import { Home } from "@/components/home/home";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import type { ListRunsResponse, SetupResponse } from "@/lib/protocol/http";
import { listRunsQuerySchema } from "@/lib/protocol/http";
import { getServices } from "@/server/services";

/** The composer, and the newest runs under it. */
export default async function HomePage(): Promise<ReactElement> {
  await connection(); // Never while building: there are no services then.
  const { setup, runs, now } = await load();
  return (
    <PageFrame current="runs">
      <PageTitle>What should change?</PageTitle>
      <Home setup={setup} runs={runs} now={now} />
    </PageFrame>
  );
}

async function load(): Promise<{ setup: SetupResponse; runs: ListRunsResponse; now: number }> {
  const services = getServices();
  const { limit } = listRunsQuerySchema.parse({});
  const [setup, { runs, nextCursor, total }] = await Promise.all([services.describeSetup(), services.runs.list({ limit })]);
  return { setup, runs: { runs, next_cursor: nextCursor ?? null, total }, now: Date.now() };
}
