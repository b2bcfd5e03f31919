/** What a person chose; `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

const STORED = "aideator.theme";

/** Runs before the first paint: without it a light page would flash dark. */
export const themeScript = `(function(){var t=null;try{t=localStorage.getItem("${STORED}")}catch(e){}
if(t!=="light"&&t!=="dark")t=matchMedia("(prefers-color-scheme: light)").matches?"light":"dark";
document.documentElement.dataset.theme=t})()`;

export function storedTheme(): Theme {
  try {
    const value = localStorage.getItem(STORED);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system"; // Storage is blocked: the choice lasts as long as the page.
  }
}

/** Applies and keeps a choice. */
export function applyTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, theme);
  } catch {
    // As above.
  }
  document.documentElement.dataset.theme = theme === "system" ? systemTheme() : theme;
}

/** What the operating system asks for. */
export function systemTheme(): "light" | "dark" {
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}
