import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallEnd, CallRecord } from "./call-audit";
import { createGateway } from "./create-gateway";
import type { AttemptGrant, CallUsage, GatewayOptions, ModelGateway } from "./gateway";

export const PROVIDER_KEY = "sk-provider-key";
export const scriptsDir = fileURLToPath(new URL("../../e2e/scripts", import.meta.url));
export const hello = { model: "whatever", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };

/** One event of a stream as a provider writes it. */
export function sse(type: string, data: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
export const plainUsage = { input_tokens: 1_000, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
export const messageStart = sse("message_start", { message: { usage: plainUsage } });
export const messageDelta = sse("message_delta", { usage: { output_tokens: 50 } });
export const messageStop = sse("message_stop");

export interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  text: string;
  body: Record<string, unknown>;
}

/** A provider that notes what it was asked. */
export interface FakeProvider {
  baseUrl: string;
  seen: Seen[];
}

export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
  /** False: it broke off. */
  whole: boolean;
}

export interface Call {
  token?: string;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  onData?(text: string): void;
}

/** A real gateway on a socket of its own, with everything that it told. */
export interface GatewayHarness {
  dir: string;
  readonly gateway: ModelGateway;
  /** Opens it, or opens it anew. */
  open(options?: Partial<Omit<GatewayOptions, "provider">> & { provider?: { baseUrl: string; apiKey?: string } }): Promise<void>;
  provide(answer: (response: ServerResponse, request: Seen, raw: IncomingMessage) => void): Promise<FakeProvider>;
  /** A token for an attempt with this model. */
  grant(model: string, more?: Partial<AttemptGrant>): string;
  send(call: Call): ReturnType<typeof httpRequest>;
  call(call: Call): Promise<Answer>;
  usages: { grant: AttemptGrant; usage: CallUsage }[];
  audit: { call: CallRecord; end: CallEnd }[];
  /** Notices, pauses, resumptions, in order. */
  told: string[];
  errors: unknown[];
  dispose(): Promise<void>;
}

/** See `GatewayHarness`; nothing is opened yet. */
export async function createGatewayHarness(): Promise<GatewayHarness> {
  const dir = await mkdtemp(join(tmpdir(), "gw-"));
  const closers: (() => void)[] = [];
  const grants = new Map<string, AttemptGrant>();
  let gateway: ModelGateway | undefined;
  const harness: GatewayHarness = {
    dir,
    usages: [],
    audit: [],
    told: [],
    errors: [],
    get gateway() {
      if (gateway === undefined) throw new Error("open the gateway first");
      return gateway;
    },
    async open({ provider, ...options } = {}) {
      await gateway?.close();
      gateway = await createGateway({
        socketPath: join(dir, "gateway", "gateway.sock"),
        scriptsDir,
        authorize: (token) => Promise.resolve(grants.get(token)),
        onUsage: async (grant, usage) => void harness.usages.push({ grant, usage }),
        audit: { begin: () => Promise.resolve(), end: async (call, end) => void harness.audit.push({ call, end }) },
        onNotice: async (_, message) => void harness.told.push(message),
        onPaused: async (runId, { reason }) => void harness.told.push(`${runId} paused: ${reason}`),
        onResumed: async (runId) => void harness.told.push(`${runId} resumed`),
        onError: (error) => void harness.errors.push(error),
        provider: () => provider,
        ...options,
      });
    },
    async provide(answer) {
      const seen: Seen[] = [];
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        response.on("error", () => undefined);
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          const { method, url, headers } = request;
          const text = Buffer.concat(chunks).toString("utf8");
          const note = { method, url, headers, text, body: JSON.parse(text || "{}") };
          seen.push(note);
          answer(response, note, request);
        });
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      closers.push(() => {
        server.closeAllConnections();
        server.close();
      });
      return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
    },
    grant(model, more = {}) {
      const token = `token-${grants.size}`;
      grants.set(token, { runId: "run1", projectId: "project1", variation: 0, attempt: 0, model, ...more });
      return token;
    },
    send({ token, path = "/v1/messages", method = "POST", headers = {}, body = hello }) {
      const auth = token === undefined ? {} : { "x-api-key": token };
      const request = httpRequest({ socketPath: gateway?.socketPath, path, method, headers: { ...auth, ...headers }, agent: false });
      request.on("error", () => undefined);
      if (method !== "GET") request.write(typeof body === "string" ? body : JSON.stringify(body));
      request.end();
      return request;
    },
    async call(options) {
      const [response] = (await once(harness.send(options), "response")) as [IncomingMessage];
      let text = "";
      const whole = await new Promise<boolean>((resolve) => {
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString();
          options.onData?.(text);
        });
        response.on("error", () => resolve(false));
        response.on("end", () => resolve(true));
      });
      return { status: response.statusCode, headers: response.headers, text, whole };
    },
    async dispose() {
      await gateway?.close();
      for (const close of closers) close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return harness;
}

/** Answers a message in one piece. */
export function answerJson(
  response: ServerResponse,
  usage: object = { ...plainUsage, output_tokens: 9 },
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ type: "message", usage }));
}

/** Answers a message as a stream, all at once. */
export function answerStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(messageStart + messageDelta + messageStop);
}

/** Refuses in the API's shape. */
export function refuse(response: ServerResponse, status: number, type: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ type: "error", error: { type, message: "the provider's words" } }));
}
