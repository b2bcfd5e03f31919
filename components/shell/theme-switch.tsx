"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { chooseTheme, useTheme } from "./use-theme";

const looks = {
  system: { Icon: Monitor, next: "light" },
  light: { Icon: Sun, next: "dark" },
  dark: { Icon: Moon, next: "system" },
} as const;

/** Goes from the system's theme to light to dark and back. All three are also in the palette and in the settings. */
export function ThemeSwitch(): ReactElement {
  const theme = useTheme();
  const { Icon, next } = looks[theme];
  return (
    <Button
      kind="quiet"
      size="icon"
      aria-label={`Theme: ${theme}. Switch to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => chooseTheme(next)}
    >
      <Icon size={15} aria-hidden="true" />
    </Button>
  );
}
