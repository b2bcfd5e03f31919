"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { CommandCenter } from "@/components/palette/command-center";
import { SignInContext } from "./sign-out";
import { applyLook } from "./theme";

/** Nothing is said before the page works. */
const Toaster = dynamic(() => import("./toaster").then((module) => module.Toaster), { ssr: false });

/** What every page stands in. `signIn`: whether people sign in to this server. */
export function Providers({ signIn, children }: { signIn: boolean; children: ReactNode }): ReactElement {
  // Who has not signed in yet can do nothing there is a command for.
  const atTheDoor = usePathname() === "/login";
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: 1 } } }));
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: light)");
    media.addEventListener("change", applyLook);
    return () => media.removeEventListener("change", applyLook);
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <SignInContext value={signIn}>
        {children}
        {!atTheDoor && <CommandCenter />}
      </SignInContext>
      <Toaster />
    </QueryClientProvider>
  );
}
