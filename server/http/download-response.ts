import { Readable } from "node:stream";

/** A file that the browser saves, streamed; `name` holds only letters, digits, dots, dashes and underscores. */
export function downloadResponse({ name, contentType, body }: { name: string; contentType: string; body: Readable }): Response {
  // Node's and the DOM's types of the same web stream differ.
  const stream = Readable.toWeb(body) as unknown as ReadableStream<Uint8Array>;
  return new Response(stream, {
    headers: {
      "content-type": contentType,
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
