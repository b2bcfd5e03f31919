"use client";

import { LogOut } from "lucide-react";
import { createContext, type ReactElement, useContext } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";

/** Whether people sign in to this server. */
export const SignInContext = createContext(false);

/** Ends the session of this browser; says so where it cannot. */
export function startSignOut(): void {
  void import("@/lib/client/sign-out")
    .then(({ signOut }) => signOut())
    .catch(() => toast.error("The server did not answer, so you are still signed in. Try again in a moment."));
}

/** Nothing where nobody signs in. */
export function SignOut(): ReactElement | null {
  if (!useContext(SignInContext)) return null;
  return (
    <Button kind="quiet" size="icon" aria-label="Sign out" title="Sign out" onClick={startSignOut}>
      <LogOut size={15} aria-hidden="true" />
    </Button>
  );
}
