"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { CommandCenter } from "@/components/palette/command-center";
import { applyLook } from "./theme";

/** Nothing is said before the page works. */
const Toaster = dynamic(() => import("./toaster").then((module) => module.Toaster), { ssr: false });

/** What every page stands in. */
export function Providers({ children }: { children: ReactNode }): ReactElement {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: 1 } } }));
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: light)");
    media.addEventListener("change", applyLook);
    return () => media.removeEventListener("change", applyLook);
  }, []);
  return (
    <QueryClientProvider client={queries}>
      {children}
      <CommandCenter />
      <Toaster />
    </QueryClientProvider>
  );
}
