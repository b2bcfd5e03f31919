import Anthropic from "@anthropic-ai/sdk";

/** A client that tells of every byte it receives, pings included: the library's own stream swallows those. */
export interface WatchedClient {
  messages: Pick<Anthropic["messages"], "create">;
  /** Who wants to know; one at a time. */
  listen(heard: (() => void) | undefined): void;
}

/** `apiVersion`: another one than the library's own. It neither retries nor logs by itself: retries are shown, and standard output belongs to the protocol. */
export function createWatchedClient(baseUrl: string, token: string, apiVersion: string | undefined): WatchedClient {
  let heard: (() => void) | undefined;
  const client = new Anthropic({
    baseURL: baseUrl,
    apiKey: token,
    authToken: null,
    maxRetries: 0,
    // Silence is what ends a call, not its length: answers may take long.
    timeout: 60 * 60_000,
    logLevel: "off",
    ...(apiVersion === undefined ? {} : { defaultHeaders: { "anthropic-version": apiVersion } }),
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      heard?.();
      if (response.body === null) return response;
      return new Response(response.body.pipeThrough(passThrough(() => heard?.())), response);
    },
  });
  return {
    messages: client.messages,
    listen(listener) {
      heard = listener;
    },
  };
}

function passThrough(seen: () => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      seen();
      controller.enqueue(chunk);
    },
  });
}
