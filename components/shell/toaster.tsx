"use client";

import type { ReactElement } from "react";
import { Toaster as Sonner } from "sonner";

/** Where messages about what happened elsewhere appear. */
export function Toaster(): ReactElement {
  return (
    <Sonner
      position="bottom-right"
      toastOptions={{ className: "!font-sans !bg-raised !text-text !border-line-strong !text-[13px]", descriptionClassName: "!text-muted" }}
    />
  );
}
