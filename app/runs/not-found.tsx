import Link from "next/link";
import type { ReactElement } from "react";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import { Button } from "@/components/ui/button";

/** For a run that this server does not have. */
export default function RunNotFound(): ReactElement {
  return (
    <PageFrame current="runs">
      <PageTitle>There is no such run here</PageTitle>
      <p className="max-w-[60ch] text-muted">
        The address may be mistyped or cut off, or the run is on another server. Runs are never removed by themselves: the list has all of
        this server&apos;s.
      </p>
      <Button kind="primary" size="medium" className="mt-4" asChild>
        <Link href="/">All runs</Link>
      </Button>
    </PageFrame>
  );
}
