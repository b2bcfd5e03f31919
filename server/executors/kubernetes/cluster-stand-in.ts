import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { KubeConfig } from "@kubernetes/client-node";
import { StandInController } from "./stand-in-controller";
import { type LogEntry, StandInKubelet } from "./stand-in-kubelet-harness";
import { type Kind, type StandInEvent, type StandInObject, StandInStore } from "./stand-in-store";

/** An answer that comes instead of the real one, once. */
interface PlannedFault {
  method: string;
  path: RegExp;
  status: number;
  headers?: Record<string, string>;
  message?: string;
  /** The request is carried out, but its answer is lost. */
  after?: boolean;
}

const ROUTE = /^\/(?:api\/v1|apis\/batch\/v1)\/namespaces\/([a-z0-9-]+)\/(jobs|pods|secrets|events)(?:\/([a-z0-9-]+))?(\/log)?$/;
const TOKEN = "stand-in-token";

/**
 * A Kubernetes API server for tests, over real TLS: Jobs, pods with logs, Secrets, events and watches, a Job controller, and a kubelet that runs
 * the pods' program as a process. Only what the executor uses; what it is asked beyond is 404. Faults are methods.
 */
export class ClusterStandIn {
  readonly store = new StandInStore();
  readonly kubelet: StandInKubelet;
  readonly controller: StandInController;
  /** Every request: `GET /api/v1/…`. */
  readonly requests: string[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), "aid-cluster-"));
  private readonly sockets = new Set<Duplex>();
  private readonly watches = new Set<ServerResponse>();
  private readonly follows = new Set<{ response: ServerResponse; stalled: boolean }>();
  /** What the server may do, by the Role in docs/configuration.md; everything else is 403. A list is also a watch. */
  readonly rights: Record<Kind, string[]> = {
    jobs: ["POST", "GET", "LIST", "DELETE"],
    pods: ["GET", "LIST", "GET log"],
    secrets: ["POST", "DELETE"],
    events: [],
  };
  private faults: PlannedFault[] = [];
  private server: Server | undefined;
  private port = 0;

  /** `program`: the pods' program as one file, with the agent beside it. `mounts`: see `StandInKubelet`. */
  constructor(program: string, mounts = false) {
    this.kubelet = new StandInKubelet(this.store, join(this.folder, "pods"), program, mounts);
    this.controller = new StandInController(this.store, this.kubelet);
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", join(this.folder, "key"), "-out", join(this.folder, "cert")];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", ...subject, ...files],
      { stdio: "ignore" },
    );
  }

  async listen(): Promise<void> {
    const [key, cert] = ["key", "cert"].map((name) => readFileSync(join(this.folder, name)));
    const server = createServer(
      { key, cert },
      (request, response) => void this.serve(request, response).catch((error: unknown) => response.destroy(error as Error)),
    );
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** What a kubeconfig would say of it. */
  config(token = TOKEN): KubeConfig {
    const config = new KubeConfig();
    const caData = readFileSync(join(this.folder, "cert")).toString("base64");
    config.loadFromClusterAndUser(
      { name: "stand-in", server: `https://127.0.0.1:${this.port}`, caData, skipTLSVerify: false },
      { name: "tester", token },
    );
    return config;
  }

  async close(): Promise<void> {
    this.kubelet.close();
    await this.goDown();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  // Faults.

  /** The next request that fits is answered so. */
  failNext(method: string, path: RegExp, status: number, more: Partial<PlannedFault> = {}): void {
    this.faults.push({ method, path, status, ...more });
  }

  /** The connections of all followed logs break. */
  cutLogs(): void {
    for (const { response } of this.follows) response.destroy();
  }

  /** The kubelet restarts: followed logs end as if all were said, while the containers run on. */
  restartKubelet(): void {
    for (const { response } of this.follows) response.end();
  }

  /** The node's log is rotated: what was said so far nobody can read any more. `stall`: follows stay open and bring nothing new. */
  rotate({ stall = false } = {}): void {
    for (const container of this.kubelet.containers.values()) container.log = [];
    if (stall) for (const follow of this.follows) follow.stalled = true;
  }

  /** The API server forgets its history and ends its watches. */
  expireWatches(): void {
    this.store.compact();
    for (const response of this.watches) response.end();
  }

  restartApiServer(downMs: number): Promise<void> {
    return this.goDownFor(() => new Promise((resolve) => setTimeout(resolve, downMs)));
  }

  /** Nobody answers while `meanwhile` goes on. */
  async goDownFor(meanwhile: () => Promise<void>): Promise<void> {
    await this.goDown();
    await meanwhile();
    await this.listen();
  }

  forgetFaults(): void {
    this.faults = [];
  }

  private async goDown(): Promise<void> {
    const closed = this.server === undefined ? Promise.resolve() : once(this.server, "close");
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.server = undefined;
  }

  // The API.

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "https://stand-in");
    const { method = "GET" } = request;
    this.requests.push(`${method} ${url.pathname}${url.search}`);
    const text = await readText(request);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return status(response, 401, "Unauthorized", "Unauthorized");
    const at = this.faults.findIndex((fault) => fault.method === method && fault.path.test(url.pathname));
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    if (fault !== undefined && fault.after !== true)
      return status(response, fault.status, "Planned", fault.message ?? "a planned fault", fault.headers);
    if (url.pathname === "/version") return json(response, 200, { gitVersion: "v1.99.0" });
    if (url.pathname.endsWith("/selfsubjectaccessreviews"))
      return json(response, 201, { status: { allowed: this.mayBe(JSON.parse(text)) } });
    const [, , kind, name, log] = ROUTE.exec(url.pathname) ?? [];
    if (kind === undefined) return status(response, 404, "NotFound", `no ${url.pathname}`);
    const allowed = this.rights[kind as Kind];
    const asked = method === "GET" && log === undefined && name === undefined ? "LIST" : log === undefined ? method : `${method} log`;
    if (!allowed.includes(asked)) return status(response, 403, "Forbidden", `${kind} is forbidden: User "tester" cannot ${asked} ${kind}`);
    const answer = this.act(method, kind as Kind, name, log !== undefined, url.searchParams, text === "" ? {} : JSON.parse(text), response);
    if (fault !== undefined) return void response.destroy();
    if (answer !== undefined) json(response, 200, answer);
  }

  /** A SelfSubjectAccessReview by `rights`. */
  private mayBe({ spec }: { spec: { resourceAttributes: { verb: string; resource: Kind; subresource?: string } } }): boolean {
    const { verb, resource, subresource } = spec.resourceAttributes;
    const asked = { create: "POST", get: "GET", list: "LIST", watch: "LIST", delete: "DELETE" }[verb] ?? verb;
    return this.rights[resource].includes(subresource === undefined ? asked : `${asked} ${subresource}`);
  }

  /** What to answer; undefined where it was done. */
  private act(
    method: string,
    kind: Kind,
    name: string | undefined,
    log: boolean,
    query: URLSearchParams,
    body: StandInObject,
    response: ServerResponse,
  ): object | undefined {
    if (method === "POST") {
      if (query.get("dryRun") === "All") return body;
      if (this.store.get(kind, body.metadata.name) !== undefined)
        return void status(response, 409, "AlreadyExists", `${kind} "${body.metadata.name}" already exists`);
      return this.store.put(kind, body);
    }
    if (name === undefined) return query.get("watch") === "1" ? this.watch(kind, query, response) : this.answerList(kind, query);
    const object = this.store.get(kind, name);
    if (object === undefined) return void status(response, 404, "NotFound", `${kind} "${name}" not found`);
    if (log) return this.sendLog(name, query, response);
    if (method === "DELETE" && kind === "jobs") this.controller.deleteJob(name, body.propagationPolicy);
    else if (method === "DELETE") this.store.remove(kind, name);
    return object;
  }

  private answerList(kind: Kind, query: URLSearchParams): object {
    const items = this.store.list(kind).filter((object) => fits(object, query));
    return { kind: "List", metadata: { resourceVersion: String(this.store.now()) }, items };
  }

  private watch(kind: Kind, query: URLSearchParams, response: ServerResponse): undefined {
    const past = this.store.since(kind, Number(query.get("resourceVersion") ?? 0));
    response.writeHead(200, { "content-type": "application/json" });
    const send = (type: string, object: object): void => void response.write(`${JSON.stringify({ type, object })}\n`);
    if (past === undefined) {
      send("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });
      return void response.end();
    }
    const pass = (event: StandInEvent): void => {
      if (event.kind === kind && fits(event.object, query)) send(event.type, event.object);
    };
    past.forEach(pass);
    const forget = this.store.onEvent(pass);
    const bookmarks = setInterval(() => send("BOOKMARK", { metadata: { resourceVersion: String(this.store.now()) } }), 200);
    this.watches.add(response);
    response.once("close", () => {
      forget();
      clearInterval(bookmarks);
      this.watches.delete(response);
    });
    return undefined;
  }

  private sendLog(pod: string, query: URLSearchParams, response: ServerResponse): undefined {
    const container = this.kubelet.containers.get(pod);
    if (container === undefined) return status(response, 400, "BadRequest", "container is waiting to start");
    response.writeHead(200, { "content-type": "text/plain" });
    const since = query.get("sinceTime");
    const from = since === null ? 0 : Date.parse(since);
    const follow = { response, stalled: false };
    const send = ({ at, text }: LogEntry): void => {
      if (at < from || follow.stalled) return;
      const stamp = new Date(at).toISOString().replace("Z", "123456Z");
      response.write(query.get("timestamps") === "true" ? `${stamp} ${text}\n` : `${text}\n`);
    };
    container.log.forEach(send);
    if (query.get("follow") !== "true" || container.ended) return void response.end();
    const end = (): void => void response.end();
    container.on("entry", send).once("end", end);
    this.follows.add(follow);
    response.once("close", () => {
      container.off("entry", send).off("end", end);
      this.follows.delete(follow);
    });
    return undefined;
  }
}

function fits(object: StandInObject, query: URLSearchParams): boolean {
  const [label, value] = query.get("labelSelector")?.split("=") ?? [];
  const [, involved] = /^involvedObject\.name=(.+)$/.exec(query.get("fieldSelector") ?? "") ?? [];
  if (involved !== undefined) return (object.involvedObject as { name: string } | undefined)?.name === involved;
  return label === undefined || object.metadata.labels?.[label] === value;
}

function status(response: ServerResponse, code: number, reason: string, message: string, headers: Record<string, string> = {}): undefined {
  return json(response, code, { kind: "Status", status: "Failure", code, reason, message }, headers);
}

function json(response: ServerResponse, code: number, body: object, headers: Record<string, string> = {}): undefined {
  response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
