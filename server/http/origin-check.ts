import type { IncomingMessage } from "node:http";

/**
 * Loopback is no protection by itself: a page on another site can send requests to it, and a name re-bound to 127.0.0.1 can even read the
 * answers. So every request's `Host` must be one that this server goes by, and an `Origin`, when there is one, must be its own.
 */
export interface OriginCheck {
  /**
   * Undefined when fine, else what to tell the caller. `anyHost`: the request has proven itself by something that no page of another site can
   * send along, so the name it used does not matter; a scraper asks a pod by its address.
   */
  refuse(request: IncomingMessage, options?: { anyHost: boolean }): string | undefined;
}

/** `port` is asked at each request, since it may be chosen at listen time. `publicUrl` is the address people use, if it is another one. */
export function createOriginCheck(options: { host: string; port: () => number; publicUrl?: string }): OriginCheck {
  const publicOrigin = options.publicUrl === undefined ? undefined : new URL(options.publicUrl);

  function ownHosts(): Set<string> {
    const names = ["localhost", "127.0.0.1", "[::1]"];
    if (options.host !== "0.0.0.0" && options.host !== "::") names.push(options.host);
    const known = new Set(names.map((name) => `${name}:${options.port()}`));
    if (options.port() === 80) for (const name of names) known.add(name);
    return known;
  }

  return {
    refuse(request, { anyHost } = { anyHost: false }) {
      const own = ownHosts();
      const host = request.headers.host?.toLowerCase() ?? "";
      if (!anyHost && !own.has(host) && host !== publicOrigin?.host)
        return `This server does not go by the name ${JSON.stringify(host.slice(0, 100))}. Set AIDEATOR_PUBLIC_URL to the address that you use.`;
      const { origin } = request.headers;
      if (origin === undefined) return undefined;
      const known = origin === publicOrigin?.origin || (origin.startsWith("http://") && own.has(origin.slice("http://".length)));
      return known ? undefined : "Requests from other sites are refused.";
    },
  };
}
