import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactElement } from "react";
import { RunFromText } from "@/components/run/run-from-text";
import { runIdSchema } from "@/lib/protocol/http";
import type { RunState } from "@/lib/run/state";
import { isAppError } from "@/server/app-error";
import { getServices } from "@/server/services";

interface RunPageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: RunPageProps): Promise<Metadata> {
  const run = await findRun((await params).id);
  return { title: run === undefined ? "No such run" : titleOf(run.prompt) };
}

/** One run, with all that is known when the page is asked for; the browser follows from there. */
export default async function RunPage({ params }: RunPageProps): Promise<ReactElement> {
  const run = await findRun((await params).id);
  if (run === undefined) notFound();
  return <RunFromText key={run.runId} initial={JSON.stringify(run)} now={requestTime()} />;
}

async function findRun(id: string): Promise<RunState | undefined> {
  if (!runIdSchema.safeParse(id).success) return undefined;
  try {
    return await getServices().runs.get(id);
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}

/** The page is rendered per request: its time is the request's. */
function requestTime(): number {
  return Date.now();
}

function titleOf(prompt: string): string {
  const line = prompt.trim().split("\n", 1)[0] ?? "";
  return line.length > 60 ? `${line.slice(0, 59).trimEnd()}…` : line;
}
