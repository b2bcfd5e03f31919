"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { Toaster } from "sonner";
import { applyTheme, storedTheme } from "./theme";

/** What every page stands in. */
export function Providers({ children }: { children: ReactNode }): ReactElement {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: 1 } } }));
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: light)");
    const follow = (): void => {
      if (storedTheme() === "system") applyTheme("system");
    };
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <Tooltip.Provider delayDuration={400}>{children}</Tooltip.Provider>
      <Toaster
        position="bottom-right"
        toastOptions={{ className: "!bg-raised !text-text !border-line-strong !text-[13px]", descriptionClassName: "!text-muted" }}
      />
    </QueryClientProvider>
  );
}
