"use client";

import type { ReactElement } from "react";
import "./globals.css";

/** Stands in when not even the frame of the pages could be shown: no more than it needs. */
export default function GlobalError({ reset }: { reset: () => void }): ReactElement {
  return (
    <html lang="en">
      <head>
        <title>AIdeator</title>
      </head>
      <body>
        <main className="mx-auto max-w-[60ch] px-6 py-16 text-page" role="alert">
          <h1 className="mb-3 font-semibold text-title">AIdeator could not be shown</h1>
          <p className="text-muted">
            Something failed before any page could be put together. Your runs are not affected: they go on, and their log is kept. Try
            again; if it stays like this, the server&apos;s log says why.
          </p>
          <button type="button" onClick={reset} className="mt-4 h-8 rounded-md border border-line-strong px-3 text-body">
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
