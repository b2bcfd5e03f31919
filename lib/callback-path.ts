/** Where people are sent who were going nowhere in particular. */
export const HOME_PATH = "/";

/** Any base will do: only what stays on it is let through. */
const BASE = "http://callback.invalid";

/**
 * The page to go on to after signing in, from an address that anybody may have written: a path of this server, and never one that asks to
 * sign in again. Whatever else it is, `/`.
 */
export function callbackPath(address: string | undefined): string {
  // Browsers read a backslash as a slash, and skip control characters: `/\other.example` would lead away.
  if (address === undefined || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(address) || !URL.canParse(address, BASE)) return HOME_PATH;
  const { origin, pathname, search, hash } = new URL(address, BASE);
  const isPage = !/^\/(?:login|api|git|_next|socket\.io)(?:\/|$)/.test(pathname) && !pathname.startsWith("//");
  return origin === BASE && isPage ? pathname + search + hash : HOME_PATH;
}
