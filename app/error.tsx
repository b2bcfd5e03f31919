"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactElement, startTransition, useEffect, useRef } from "react";
import { PageFrame, PageTitle } from "@/components/shell/page-frame";
import { Button } from "@/components/ui/button";

/** Stands in for a page that failed. `digest` names the entry in the server's log. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const router = useRouter();
  // `reset` alone renders the same failed answer again: the server has to be asked anew.
  const retry = (): void =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  useEffect(() => place.current?.focus(), []);
  return (
    <PageFrame>
      <div ref={place} tabIndex={-1} role="alert" className="outline-none">
        <PageTitle>This page could not be shown</PageTitle>
        <p className="max-w-[60ch] text-muted">
          Something failed while it was being put together. Your runs are not affected: they go on, and their log is kept. Try again; if it
          stays like this, the server&apos;s log says why.
        </p>
        {error.digest !== undefined && (
          <p className="mt-2 text-meta text-muted">
            Reference in the log: <code>{error.digest}</code>
          </p>
        )}
      </div>
      <div className="mt-4 flex gap-2">
        <Button kind="primary" size="medium" onClick={retry}>
          Try again
        </Button>
        <Button size="medium" asChild>
          <Link href="/">All runs</Link>
        </Button>
      </div>
    </PageFrame>
  );
}
