import type { Metadata } from "next";
import Link from "next/link";
import type { ReactElement } from "react";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import { Button } from "@/components/ui/button";

export const metadata: Metadata = { title: "Not found" };

/** For addresses that lead nowhere. */
export default function NotFound(): ReactElement {
  return (
    <PageFrame>
      <PageTitle>There is nothing here</PageTitle>
      <p className="max-w-[60ch] text-muted">
        The address may be mistyped, or the run it names is not on this server. All runs are listed on the home page.
      </p>
      <Button kind="primary" size="medium" className="mt-4" asChild>
        <Link href="/">All runs</Link>
      </Button>
    </PageFrame>
  );
}
