import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A provider in a process of its own: answers at once, then goes on every two milliseconds, with a stream of the length asked for by `max_tokens`. Prints its port. */
const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const usage = { input_tokens: 12_000, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
const START = event("message_start", { message: { id: "msg_1", type: "message", role: "assistant", content: [], usage } });
const DELTA = event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "a few words more " } });
const DELTAS_PER_TURN = 20;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { max_tokens: count } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { max_tokens: number };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(START);
    const stop =
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: count } }) + event("message_stop", {});
    let left = count;
    const next = (): void => {
      const now = Math.min(left, DELTAS_PER_TURN);
      left -= now;
      for (let n = 0; n < now; n += 1) response.write(DELTA);
      if (left === 0) response.end(stop);
      else setTimeout(next, 2);
    };
    setTimeout(next, 2);
  });
}).listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
