import { request as httpsRequest, type RequestOptions } from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";

/** The API server with the rights of whoever runs the suite: what an operator, or an accident, does behind the server's back. */
export interface AdminApi {
  /** JSON of a 2xx answer; everything else is an error with `status`. */
  call<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T>;
  /** As `call`, tried again while the API server is away. */
  patient<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T>;
  /** Text of an answer. */
  text(path: string): Promise<string>;
}

export class AdminError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const AWAY_MS = 90_000;

/** With the credentials of a kubeconfig. */
export function createAdminApi(config: KubeConfig): AdminApi {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error("The kubeconfig names no cluster.");

  async function send(method: string, path: string, body?: unknown): Promise<string> {
    const options: RequestOptions = { method, headers: {}, timeout: 20_000 };
    await config.applyToHTTPSOptions(options);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = {
      ...options.headers,
      ...(text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const request = httpsRequest(new URL(path, cluster?.server), { ...options, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", (error) => reject(new AdminError(0, error.message)));
        response.on("end", () => {
          const answer = Buffer.concat(chunks).toString("utf8");
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(answer);
          else reject(new AdminError(status, `${method} ${path}: ${status} ${answer.slice(0, 500)}`));
        });
      });
      request.on("timeout", () => request.destroy(new Error("no answer")));
      request.on("error", (error) => reject(new AdminError(0, `${method} ${path}: ${error.message}`)));
      request.end(text);
    });
  }

  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => JSON.parse(await send(method, path, body)) as T;

  return {
    call,
    text: (path) => send("GET", path),
    async patient(method, path, body) {
      const deadline = performance.now() + AWAY_MS;
      for (;;) {
        try {
          return await call(method, path, body);
        } catch (error) {
          const away = error instanceof AdminError && (error.status === 0 || error.status >= 500 || error.status === 429);
          if (!away || performance.now() > deadline) throw error;
          await wait(500);
        }
      }
    },
  };
}
