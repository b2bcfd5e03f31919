import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactElement, ReactNode } from "react";
import { Providers } from "@/components/shell/providers";
import { barColors, themeScript } from "@/components/shell/theme";
import { getServices } from "@/server/services";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "AIdeator", template: "%s · AIdeator" },
  description: "One prompt, up to five coding agents, one decision.",
  applicationName: "AIdeator",
  icons: {
    icon: [
      { url: "/favicon.svg", type: "image/svg+xml" },
      { url: "/favicon.ico", sizes: "32x32" },
    ],
    apple: "/icon-180.png",
  },
};
export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  colorScheme: "dark light",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: barColors.light },
    { media: "(prefers-color-scheme: dark)", color: barColors.dark },
  ],
};

/** Every page is dynamic: the CSP's nonce differs per answer. */
export default async function RootLayout({ children }: { children: ReactNode }): Promise<ReactElement> {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <head>
        <script nonce={nonce} dangerouslySetInnerHTML={{ __html: themeScript }} suppressHydrationWarning />
      </head>
      <body>
        <Providers signIn={getServices().access !== undefined}>{children}</Providers>
      </body>
    </html>
  );
}
