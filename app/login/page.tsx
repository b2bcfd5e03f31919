import type { Metadata } from "next";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { ReactElement } from "react";
import { LoginForm } from "@/components/login/login-form";
import { signInProblem } from "@/components/login/sign-in-problem";
import { callbackPath } from "@/lib/callback-path";
import { ADDRESS_HEADER } from "@/server/access/client-address";
import { SIGN_IN_PATH } from "@/server/access/open-paths";
import { getServices } from "@/server/services";

export const metadata: Metadata = { title: "Sign in" };

interface LoginProps {
  searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>;
}

/** Asks for the access token. Where there is none there is no such page. */
export default async function LoginPage({ searchParams }: LoginProps): Promise<ReactElement> {
  const [given, jar, sent] = await Promise.all([searchParams, cookies(), headers()]);
  const { access } = getServices();
  if (access === undefined) notFound();
  const { callbackUrl, error } = given;
  const target = callbackPath(typeof callbackUrl === "string" ? callbackUrl : undefined);
  if ((await access.sessions.read(sent.get("cookie") ?? undefined)) !== undefined) redirect(target);
  // next-auth's cookie holds the token and its hash; it is set on the way here, so who has none after that keeps no cookies.
  const csrf = jar.get(access.sessions.cookies.csrfToken.name)?.value.split("|")[0];
  if (csrf === undefined && callbackUrl === undefined) redirect(SIGN_IN_PATH);
  const code = csrf === undefined ? "NoCookies" : typeof error === "string" ? error : undefined;
  const waitS = access.waitS(sent.get(ADDRESS_HEADER) ?? "unknown");
  return <LoginForm csrfToken={csrf ?? ""} callbackUrl={target} problem={signInProblem(code, waitS)} />;
}
