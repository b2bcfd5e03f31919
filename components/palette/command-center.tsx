"use client";

import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { type ReactElement, useContext, useEffect } from "react";
import { SignInContext, startSignOut } from "@/components/shell/sign-out";
import { chooseTheme } from "@/components/shell/use-theme";
import { type Command, commandForKey, isTaken, type Shortcut, useCommands, useOverlays } from "./registry";

/** Neither is needed to show a page. */
const PaletteDialog = dynamic(() => import("./palette-dialog").then((module) => module.PaletteDialog), { ssr: false });
const ShortcutsDialog = dynamic(() => import("./shortcuts-dialog").then((module) => module.ShortcutsDialog), { ssr: false });

const places = [
  { path: "/", title: "Runs", keywords: ["home", "new run", "prompt", "composer"] },
  { path: "/projects", title: "Projects", keywords: ["repositories", "environment", "secrets"] },
  { path: "/server", title: "Server", keywords: ["status", "disk", "sandbox", "queue", "tidy"] },
  { path: "/settings/appearance", title: "Settings: appearance", keywords: ["theme", "dark", "light", "text size"] },
  { path: "/settings/provider", title: "Settings: provider key", keywords: ["anthropic", "api key", "model"] },
  { path: "/settings/prices", title: "Settings: models and prices", keywords: ["dollars", "cost", "tokens"] },
  { path: "/settings/agents", title: "Settings: agents", keywords: ["built-in"] },
  { path: "/settings/limits", title: "Settings: limits", keywords: ["turns", "minutes", "defaults", "memory"] },
  { path: "/settings/retention", title: "Settings: retention", keywords: ["trash", "days", "keep"] },
  { path: "/help", title: "Help: keys and glossary", keywords: ["shortcuts", "words", "documentation"] },
] as const;

const shortcutsKey = "?";
const searchKey: Shortcut = { keys: "⌘K / Ctrl K", what: "Search and do", group: "Everywhere" };

/** The keys of all pages. */
export const everywhere: readonly Shortcut[] = [searchKey, { keys: shortcutsKey, what: "Keyboard shortcuts", group: "Everywhere" }];

/** What can be done on every page, the keys of all commands, and the windows that show both. */
export function CommandCenter(): ReactElement {
  const router = useRouter();
  const { open, show } = useOverlays();
  const signIn = useContext(SignInContext);
  const go = places.map(
    ({ path, title, keywords }): Command => ({
      id: `go ${path}`,
      title,
      group: "Go to",
      keywords: [...keywords],
      run: () => router.push(path),
    }),
  );
  useCommands(
    [
      { id: "new-run", title: "New run", group: "Runs", keywords: ["start", "prompt", "compose"], run: () => newRun(router.push) },
      ...go,
      { id: "theme-light", title: "Light theme", group: "Appearance", run: () => chooseTheme("light") },
      { id: "theme-dark", title: "Dark theme", group: "Appearance", run: () => chooseTheme("dark") },
      { id: "theme-system", title: "Theme of the system", group: "Appearance", run: () => chooseTheme("system") },
      {
        id: "shortcuts",
        title: "Keyboard shortcuts",
        group: "Everywhere",
        keywords: ["keys", "help"],
        key: shortcutsKey,
        run: () => show("shortcuts"),
      },
      ...(signIn
        ? [{ id: "sign-out", title: "Sign out", group: "Everywhere", keywords: ["log out", "leave", "session"], run: startSignOut }]
        : []),
    ],
    [searchKey],
    "everywhere",
  );
  useCommandKeys();
  return (
    <>
      {open === "palette" && <PaletteDialog onClose={() => show(undefined)} />}
      {open === "shortcuts" && <ShortcutsDialog onClose={() => show(undefined)} />}
    </>
  );
}

/** To the prompt, wherever one is. */
function newRun(push: (path: string) => void): void {
  const prompt = document.querySelector<HTMLElement>("textarea[aria-label='Prompt']");
  if (prompt === null) push("/");
  else prompt.focus();
}

function useCommandKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.altKey) return;
      if (!event.repeat && (event.metaKey || event.ctrlKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        const { open, show } = useOverlays.getState();
        show(open === "palette" ? undefined : "palette");
        return;
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
      if (isTaken(event.target)) return;
      const command = commandForKey(event);
      if (command === undefined) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
