/** What a person chose; `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";
/** How large text is set. */
export type TextSize = "standard" | "large";

/** `--panel` of each theme: what a browser paints its own bars with. */
export const barColors = { dark: "#0f1013", light: "#fbfbfc" } as const;

const THEME = "aideator.theme";
const TEXT = "aideator.text";

/** Runs before the first paint: without it a light page would flash dark, and large text would grow. */
export const themeScript = `(function(){var t=null,s=null;try{t=localStorage.getItem("${THEME}");s=localStorage.getItem("${TEXT}")}catch(e){}
if(t!=="light"&&t!=="dark")t=matchMedia("(prefers-color-scheme: light)").matches?"light":"dark";
var d=document.documentElement.dataset;d.theme=t;if(s==="large")d.text=s})()`;

export function storedTheme(): Theme {
  const value = stored(THEME);
  return value === "light" || value === "dark" ? value : "system";
}

export function storedTextSize(): TextSize {
  return stored(TEXT) === "large" ? "large" : "standard";
}

/** Keeps a choice; without one the system is followed. */
export function storeTheme(theme: Theme): void {
  store(THEME, theme === "system" ? undefined : theme);
}

export function storeTextSize(size: TextSize): void {
  store(TEXT, size === "standard" ? undefined : size);
}

/** Makes the page look as it was chosen. */
export function applyLook(): void {
  const theme = storedTheme();
  const { dataset } = document.documentElement;
  dataset.theme = theme === "system" ? systemTheme() : theme;
  const bar = barColors[dataset.theme === "light" ? "light" : "dark"];
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name='theme-color']")) meta.content = bar;
  if (storedTextSize() === "large") dataset.text = "large";
  else delete dataset.text;
}

/** What the operating system asks for. */
function systemTheme(): "light" | "dark" {
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

/** Where storage is blocked a choice lasts as long as the page. */
const fallback = new Map<string, string>();

function stored(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return fallback.get(name);
  }
}

function store(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    if (value === undefined) fallback.delete(name);
    else fallback.set(name, value);
  }
}
