import type { ReactElement } from "react";
import { ThemeSwitch } from "@/components/shell/theme-switch";
import { Button } from "@/components/ui/button";

/** A plain form: it works before the page's scripts do, and without them. */
export function LoginForm({
  csrfToken,
  callbackUrl,
  problem,
}: {
  csrfToken: string;
  callbackUrl: string;
  problem: string | undefined;
}): ReactElement {
  return (
    <div className="flex min-h-full flex-col">
      <header className="flex h-(--bar) shrink-0 items-center justify-between border-line border-b bg-panel px-4 max-[700px]:px-3">
        <span className="font-semibold text-body tracking-tight">AIdeator</span>
        <ThemeSwitch />
      </header>
      <main className="mx-auto w-full max-w-[392px] px-4 pt-[16vh] pb-10 text-page">
        <h1 className="font-semibold text-title leading-7 tracking-[-0.015em]">Sign in</h1>
        <p className="mt-1 text-muted">This server is shared. Its access token lets you in.</p>
        <form method="post" action="/api/auth/callback/credentials" className="mt-6 grid gap-1.5">
          <input type="hidden" name="csrfToken" value={csrfToken} />
          <input type="hidden" name="callbackUrl" value={callbackUrl} />
          <label htmlFor="token" className="font-medium text-body">
            Access token
          </label>
          <input
            id="token"
            name="token"
            type="password"
            required
            autoFocus
            autoComplete="current-password"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={problem !== undefined}
            aria-describedby={problem === undefined ? "token-note" : "token-problem token-note"}
            className="field h-9 font-mono aria-invalid:border-bad"
          />
          {problem !== undefined && (
            <p id="token-problem" role="alert" className="text-bad text-meta">
              {problem}
            </p>
          )}
          <p id="token-note" className="text-meta text-muted">
            Whoever runs the server has it: it was started with <code>AIDEATOR_ACCESS_TOKEN</code>.
          </p>
          <Button type="submit" kind="primary" size="medium" className="mt-3 h-9">
            Sign in
          </Button>
        </form>
      </main>
    </div>
  );
}
