/** Ends this browser's session, here and in its other tabs. Rejects where the server does not answer. */
export async function signOut(): Promise<void> {
  const asked = await fetch("/api/auth/csrf");
  // Whoever is signed out already has nothing left to end.
  if (asked.ok) {
    const { csrfToken } = (await asked.json()) as { csrfToken: string };
    const body = new URLSearchParams({ csrfToken, callbackUrl: "/login", json: "true" });
    const answer = await fetch("/api/auth/signout", { method: "POST", body });
    if (!answer.ok && answer.status !== 401) throw new Error(`signing out was answered with ${answer.status}`);
  }
  // Leads to the login page, and from there back here.
  location.reload();
}
