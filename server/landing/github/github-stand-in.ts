import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

interface Pull {
  number: number;
  html_url: string;
  title: string;
  body: string;
  draft: boolean;
  state: "open" | "closed";
  base: { ref: string };
  head: { ref: string; label: string; sha: string };
}

/** One answer that is given instead of the next one to `METHOD path`. */
export interface Trouble {
  method: string;
  path: RegExp;
  status: number;
  body?: object;
  headers?: Record<string, string>;
}

/** GitHub as far as pull requests need it: the REST routes with state, and bare repositories by `git http-backend` that demand the token. */
export interface GithubStandIn {
  host: string;
  apiUrl: string;
  token: string;
  pulls: Pull[];
  /** `METHOD path` of every API request. */
  requests: string[];
  /** What stood in the way of the next answers, in order. */
  troubles: Trouble[];
  /** Whether the token's account may push to `acme/…`. */
  mayPush: boolean;
  /** How often a new fork says that it is not there yet. */
  forkDelay: number;
  /** Credentials that git may push with beside the token. */
  passwords: Set<string>;
  /** Command lines that were running on this machine while somebody pushed, if they held the token. */
  leaks: string[];
  /** Folder of a bare repository. */
  folder(owner: string, name: string): string;
  url(owner: string, name: string): string;
  close(): Promise<void>;
}

const LOGIN = "ada";

export async function startGithubStandIn(root: string): Promise<GithubStandIn> {
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  let forkWaits = 0;
  const github: GithubStandIn = {
    host,
    apiUrl: `http://${host}/api/v3`,
    token: "ghp_0123456789abcdefSECRETtoken",
    pulls: [],
    requests: [],
    troubles: [],
    mayPush: true,
    forkDelay: 2,
    passwords: new Set(),
    leaks: [],
    folder: (owner, name) => join(root, owner, `${name}.git`),
    url: (owner, name) => `http://${host}/${owner}/${name}.git`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${host}`);
    if (!url.pathname.startsWith("/api/v3/")) return serveGit(request, response, url);
    const path = url.pathname.slice("/api/v3".length);
    const body = await readBody(request);
    github.requests.push(`${request.method} ${path}`);
    const at = github.troubles.findIndex((one) => one.method === request.method && one.path.test(path));
    const [trouble] = at < 0 ? [] : github.troubles.splice(at, 1);
    const send = (status: number, data: object, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers }).end(JSON.stringify(data));
    };
    if (trouble !== undefined) return send(trouble.status, trouble.body ?? { message: "trouble" }, trouble.headers);
    if (request.headers.authorization !== `token ${github.token}`) return send(401, { message: "Bad credentials" });
    const [status, data] = api(
      request.method ?? "",
      path,
      url.searchParams,
      body === "" ? {} : (JSON.parse(body) as Record<string, unknown>),
    );
    send(status, data);
  }

  function api(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>): [number, object] {
    const [, owner = "", name = "", rest = ""] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    if (!existsSync(github.folder(owner, name))) return [404, { message: "Not Found" }];
    if (method === "GET" && rest === "") return [200, repository(owner, name)];
    if (method === "POST" && rest === "/forks") return [202, fork(owner, name)];
    if (method === "GET" && rest.startsWith("/branches/")) {
      if (owner === LOGIN && forkWaits > 0) {
        forkWaits -= 1;
        return [404, { message: "Branch not found" }];
      }
      return [200, { name: rest.slice("/branches/".length) }];
    }
    if (method === "GET" && rest === "/pulls") {
      const found = github.pulls.filter(({ state, head }) => state === query.get("state") && head.label === query.get("head"));
      return [200, found];
    }
    if (method === "POST" && rest === "/pulls") return createPull(owner, name, body);
    const pull = github.pulls.find(({ number }) => rest === `/pulls/${number}`);
    if (method === "PATCH" && pull !== undefined) {
      Object.assign(pull, { title: body.title, body: body.body, base: { ref: body.base } });
      return [200, pull];
    }
    return [404, { message: "Not Found" }];
  }

  function repository(owner: string, name: string): object {
    const permissions = { push: owner === LOGIN || github.mayPush };
    return { name, owner: { login: owner }, clone_url: github.url(owner, name), default_branch: "main", archived: false, permissions };
  }

  function fork(owner: string, name: string): object {
    const folder = github.folder(LOGIN, name);
    if (!existsSync(folder)) {
      mkdirSync(join(folder, ".."), { recursive: true });
      execFileSync("git", ["clone", "-q", "--bare", github.folder(owner, name), folder]);
      forkWaits = github.forkDelay;
    }
    return repository(LOGIN, name);
  }

  function createPull(owner: string, name: string, body: Record<string, unknown>): [number, object] {
    const invalid = (message: string): [number, object] => [
      422,
      { message: "Validation Failed", errors: [{ resource: "PullRequest", code: "custom", message }] },
    ];
    const [headOwner = "", ref = ""] = String(body.head).split(":");
    const sha = commitOf(github.folder(headOwner, name), ref);
    if (sha === undefined)
      return [422, { message: "Validation Failed", errors: [{ resource: "PullRequest", field: "head", code: "invalid" }] }];
    if (commitOf(github.folder(owner, name), String(body.base)) === undefined) {
      return [422, { message: "Validation Failed", errors: [{ resource: "PullRequest", field: "base", code: "invalid" }] }];
    }
    const label = String(body.head);
    if (github.pulls.some(({ state, head }) => state === "open" && head.label === label))
      return invalid(`A pull request already exists for ${label}.`);
    const number = github.pulls.length + 1;
    const pull: Pull = {
      number,
      html_url: `http://${host}/${owner}/${name}/pull/${number}`,
      title: String(body.title),
      body: String(body.body),
      draft: body.draft === true,
      state: "open",
      base: { ref: String(body.base) },
      head: { ref, label, sha },
    };
    github.pulls.push(pull);
    return [201, pull];
  }

  /** git-http-backend(1) behind basic authentication for pushes. */
  function serveGit(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const pushes = url.pathname.endsWith("/git-receive-pack") || url.searchParams.get("service") === "git-receive-pack";
    const password =
      Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64")
        .toString()
        .split(":")[1] ?? "";
    if (pushes) github.leaks.push(...commandLinesWith(github.token));
    const owner = url.pathname.split("/")[1];
    const known = password === github.token ? owner === LOGIN || github.mayPush : github.passwords.has(password);
    if (pushes && !known) {
      request.resume();
      response.writeHead(password === github.token ? 403 : 401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const env = {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: root,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_0: "http.receivepack",
      GIT_CONFIG_VALUE_0: "true",
      GIT_CONFIG_KEY_1: "safe.directory",
      GIT_CONFIG_VALUE_1: "*",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      REMOTE_USER: "ada",
      REMOTE_ADDR: "127.0.0.1",
    };
    const child = spawn("git", ["http-backend"], { env: env as unknown as NodeJS.ProcessEnv });
    request.pipe(child.stdin);
    child.stdin.on("error", () => undefined);
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.on("close", () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf("\r\n\r\n");
      const headers = all
        .subarray(0, end)
        .toString()
        .split("\r\n")
        .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
      const status = Number(headers.find(([key]) => key === "Status")?.[1]?.slice(0, 3) ?? 200);
      response.writeHead(status, Object.fromEntries(headers.filter(([key]) => key !== "Status"))).end(all.subarray(end + 4));
    });
  }

  return github;
}

function commitOf(folder: string, ref: string): string | undefined {
  try {
    return execFileSync("git", ["--git-dir", folder, "rev-parse", "--verify", "-q", `refs/heads/${ref}`], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** Linux only: what everybody on the machine can read of running programs. */
function commandLinesWith(secret: string): string[] {
  const ids = existsSync("/proc/self/cmdline") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return ids.flatMap((id) => {
    try {
      const line = readFileSync(`/proc/${id}/cmdline`, "utf8");
      return line.includes(secret) ? [line] : [];
    } catch {
      return [];
    }
  });
}
