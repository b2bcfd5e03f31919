import type { MetadataRoute } from "next";
import { barColors } from "@/components/shell/theme";

/** What an installed AIdeator is called and looks like; the icons are made by scripts/icons.mjs. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: "AIdeator",
    short_name: "AIdeator",
    description: "One prompt, up to five coding agents, one decision.",
    id: "/",
    start_url: "/",
    display: "standalone",
    background_color: "#0b0c0e",
    theme_color: barColors.dark,
    icons: [
      { src: "/favicon.svg", sizes: "any", type: "image/svg+xml" },
      { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
      { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
      { src: "/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
    shortcuts: [
      { name: "New run", url: "/" },
      { name: "Projects", url: "/projects" },
    ],
  };
}
