import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccess } from "../access/access-harness";
import { createMetrics } from "../metrics/metrics";
import { createRunRemote, type RunRemote } from "../runs/run-remote";
import type { Services } from "../services";
import { createFront } from "./front";
import { createGitFront, type GitLimits } from "./git-front";
import { createOriginCheck } from "./origin-check";
import { createRunTrees, type RunTrees, writeTree } from "./run-trees-harness";

const TOKEN = "a-long-access-token";
let trees: RunTrees;
let remote: RunRemote;
let work: Record<"a" | "first", string>;
let url: string;
const servers: Server[] = [];

async function serve(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The whole front, as the server has it. */
async function serveFront(options: { token?: string; remote?: RunRemote } = {}): Promise<string> {
  const log = pino({ level: "silent" });
  const access = options.token === undefined ? undefined : (await createTestAccess({ token: options.token })).access;
  let port = 0;
  const front = createFront({
    services: {
      remote: options.remote ?? remote,
      log,
      access,
      metrics: createMetrics({ version: "test", now: Date.now }),
    } as unknown as Services,
    origin: createOriginCheck({ host: "127.0.0.1", port: () => port }),
    next: async (_, response) => void response.writeHead(418).end(),
    development: false,
  });
  const address = await serve(front);
  port = Number(new URL(address).port);
  return `${address}/git/runs/${trees.runId}`;
}

const fresh = (name: string): string => mkdtempSync(join(trees.dir, `${name}-`));

beforeAll(async () => {
  trees = await createRunTrees("remoterun00001", { "README.md": "# Shop\n", "src/size.ts": "export const size = 1;\n" });
  remote = createRunRemote(trees.writer, trees.store);
  const first = await trees.snapshot(0, (tree) => writeTree(tree, "a.txt", "one\n"), "tool");
  work = { first, a: await trees.snapshot(0, (tree) => writeTree(tree, "a.txt", "one\ntwo\n")) };
  url = await serveFront();
});

afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  await trees.dispose();
});

describe.each([0, 1, 2])("with protocol %d", (version) => {
  const protocol = ["-c", `protocol.version=${version}`];

  it("advertises a head per variation, at the base while there is no work, and a tag per turn; nothing hidden", async () => {
    const { out } = await trees.client(trees.dir, [...protocol, "ls-remote", url]);
    expect(out.split("\n").map((line) => line.split("\t"))).toEqual([
      [work.a, "HEAD"],
      [work.a, "refs/heads/a"],
      [trees.base, "refs/heads/b"],
      [trees.base, "refs/heads/c"],
      [work.a, "refs/tags/a/turn-1"],
    ]);
  });

  it("is fetched into the user's own repository", async () => {
    const into = fresh("fetch");
    trees.git(trees.dir, ["clone", "-q", trees.source, into]);
    const { code, err } = await trees.client(into, [...protocol, "fetch", url, "a"]);
    expect([code, err]).toEqual([0, expect.stringContaining("FETCH_HEAD")]);
    expect(trees.git(into, ["rev-parse", "FETCH_HEAD"])).toBe(work.a);
    expect(trees.git(into, ["show", "FETCH_HEAD:a.txt"])).toBe("one\ntwo");
    expect((await trees.client(into, [...protocol, "fetch", url, "refs/tags/a/turn-1"])).code).toBe(0);
  });

  it.each([
    ["with .git", [], ".git"],
    ["shallow", ["--depth", "1"], ""],
    ["without blobs", ["--filter=blob:none"], ""],
    ["mirrored", ["--mirror"], ""],
  ])("is cloned %s", async (_, options, suffix) => {
    const into = fresh("clone");
    const { code, err } = await trees.client(trees.dir, [...protocol, "clone", ...options, url + suffix, into]);
    expect([code, err]).toEqual([0, expect.any(String)]);
    const head = trees.git(into, ["rev-parse", options.includes("--mirror") ? "refs/heads/a" : "HEAD"]);
    expect(head).toBe(work.a);
    expect(trees.git(into, ["fsck", "--full"])).not.toContain("missing");
    if (!options.includes("--mirror")) expect(readFileSync(join(into, "a.txt"), "utf8")).toBe("one\ntwo\n");
    expect(trees.git(into, ["for-each-ref"])).not.toContain("aideator");
  });

  it("deepens a shallow clone", async () => {
    const into = fresh("deepen");
    await trees.client(trees.dir, [...protocol, "clone", "--depth", "1", url, into]);
    expect(trees.git(into, ["rev-list", "--count", "HEAD"])).toBe("1");
    expect((await trees.client(into, [...protocol, "fetch", "--unshallow"])).code).toBe(0);
    expect(trees.git(into, ["rev-list", "--count", "HEAD"])).toBe("2");
  });

  it("does not hand out what is only in the mirror, asked for by id", async () => {
    const into = fresh("foreign");
    trees.git(into, ["init", "-q"]);
    // A client of its own checks nothing.
    const allowed = [...protocol, "-c", "uploadpack.allowAnySHA1InWant=true"];
    for (const id of [trees.foreign.commit, trees.foreign.blob]) {
      const { code, err } = await trees.client(into, [...allowed, "fetch", url, id]);
      expect(code).not.toBe(0);
      expect(err).toMatch(/not our ref|unadvertised object/);
      const raw = await ask(version, [`want ${id}`]);
      expect(raw.toString("latin1")).toContain(`ERR upload-pack: not our ref ${id}`);
      expect(raw.includes("PACK")).toBe(false);
    }
    expect(() => trees.git(into, ["cat-file", "-e", trees.foreign.commit])).toThrow();
  });

  it("hands out a head that was advertised and moved on meanwhile", async () => {
    const answer = await ask(version, [`want ${work.first}`]);
    expect(answer.toString("latin1")).not.toContain("ERR");
    expect(answer.includes("PACK")).toBe(true);
  });

  it("takes a request with many haves, packed, in chunks", async () => {
    const haves = Array.from({ length: 20_000 }, (_, n) => `have ${n.toString(16).padStart(40, "0")}`);
    const answer = await ask(version, [`want ${work.a}`], haves);
    expect(answer.includes("PACK")).toBe(true);
  });
});

const line = (text: string): string => `${(text.length + 5).toString(16).padStart(4, "0")}${text}\n`;

/** A client that asks for whatever it likes, gzipped and chunked. */
async function ask(version: number, wants: string[], haves: string[] = [], address = url): Promise<Buffer> {
  const body =
    version === 2
      ? `${line("command=fetch")}0001${wants.map(line).join("")}${haves.map(line).join("")}${line("done")}0000`
      : `${wants.map(line).join("")}0000${haves.map(line).join("")}${line("done")}`;
  return post(address, gzipSync(body), { "git-protocol": `version=${version}`, "content-encoding": "gzip" }).then(
    ({ body: answer }) => answer,
  );
}

function post(address: string, body: Buffer, headers: Record<string, string>): Promise<{ status?: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${address}/git-upload-pack`, {
      method: "POST",
      headers: { "content-type": "application/x-git-upload-pack-request", "transfer-encoding": "chunked", ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(parts) }));
      response.on("error", reject);
    });
    sent.write(body.subarray(0, 10));
    sent.end(body.subarray(10));
  });
}

describe("what a person is told", () => {
  it("that it is read only, when they push", async () => {
    const { code, err } = await trees.client(trees.source, ["push", url, "main:a"]);
    expect(code).not.toBe(0);
    expect(err).toContain("remote: This remote is read only");
    expect((await fetch(`${url}/git-receive-pack`, { method: "POST" })).status).toBe(403);
  });

  it("that there is no such run", async () => {
    const { err } = await trees.client(trees.dir, ["ls-remote", url.replace(trees.runId, "nosuchrun00000")]);
    expect(err).toContain("remote: There is no run nosuchrun00000.");
    expect(err).toContain("not found");
  });

  it.each(["/info/refs", "/HEAD", "/objects/info/packs", "/config", "/../../data/log.db", "/info/refs?service=git-upload-archive"])(
    "that the dumb protocol is not spoken: %s",
    async (path) => {
      const answer = await fetch(url + path);
      expect([403, 404, 418]).toContain(answer.status);
      expect(await answer.text()).not.toContain("refs/");
    },
  );

  it("that the name is wrong, by whatever name the server is not known", async () => {
    const { err } = await trees.client(trees.dir, ["-c", "http.extraHeader=Host: evil.example", "ls-remote", url]);
    expect(err).toContain('remote: This server does not go by the name "evil.example"');
    expect((await fetch(`${url}/info/refs?service=git-upload-pack`, { headers: { origin: "http://evil.example" } })).status).toBe(403);
  });

  it("that the repository is still being fetched", async () => {
    const created = { prompt: "p", projectId: "p", repositoryUrl: "u", repositoryName: "n", variations: [{ agent: "b", model: "m" }] };
    const event = { type: "run.created" as const, ...created };
    await trees.writer.create({ runId: "remoterun00002", projectId: trees.projectId, createdAt: 1, events: [{ at: 1, event }] });
    const answer = await fetch(`${url.replace(trees.runId, "remoterun00002")}/info/refs?service=git-upload-pack`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await answer.text()).toContain("still being fetched");
  });

  it("what is wrong with a request that is none", async () => {
    const type = "application/x-git-upload-pack-request";
    const send = (body: string | Buffer, headers: Record<string, string> = {}) =>
      fetch(`${url}/git-upload-pack`, { method: "POST", body: body as BodyInit, headers: { "content-type": type, ...headers } });
    expect((await send("0000", { "content-type": "text/plain" })).status).toBe(415);
    expect((await send("garbage", { "content-encoding": "gzip" })).status).toBe(400);
    expect((await send("x", { "content-encoding": "br" })).status).toBe(415);
    expect((await send(gzipSync(Buffer.alloc(20_000_000)), { "content-encoding": "gzip" })).status).toBe(413);
    expect(await (await send("nonsense")).text()).toContain("ERR protocol error");
    // What git sends first when its request will be long: is anybody there?
    expect([(await send("0000")).status, await (await send("0000")).text()]).toEqual([200, ""]);
  });
});

describe("with an access token", () => {
  it("needs it, as password or as header", async () => {
    const shut = await serveFront({ token: TOKEN });
    const withPassword = (password: string) => shut.replace("http://", `http://me:${password}@`);
    expect((await trees.client(trees.dir, ["ls-remote", shut])).code).not.toBe(0);
    expect((await trees.client(trees.dir, ["ls-remote", withPassword("wrong-wrong-wrong")])).err).toContain("Authentication failed");
    expect((await trees.client(trees.dir, ["ls-remote", withPassword(TOKEN)])).code).toBe(0);
    expect((await trees.client(fresh("in"), ["clone", "-q", withPassword(TOKEN), "."])).code).toBe(0);
    const bearer = ["-c", `http.extraHeader=Authorization: Bearer ${TOKEN}`];
    expect((await trees.client(trees.dir, [...bearer, "ls-remote", shut])).code).toBe(0);
    const basic = { authorization: `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}` };
    expect((await fetch(new URL("/api/v1/runs", shut), { headers: basic })).status).toBe(401);
  });
});

describe("a run that goes on", () => {
  it("moves its heads while they are fetched, and nobody fails", async () => {
    let going = true;
    const moving = (async () => {
      for (let n = 0; going; n += 1) await trees.snapshot(0, (tree) => writeTree(tree, "a.txt", `${n}\n`), "tool");
    })();
    const fetched = await Promise.all(
      [0, 1, 2].flatMap((version) =>
        [1, 2, 3].map(() => trees.client(trees.dir, ["-c", `protocol.version=${version}`, "clone", "-q", url, fresh("moving")])),
      ),
    );
    going = false;
    await moving;
    expect(fetched.map(({ code, err }) => [code, err])).toEqual(fetched.map(() => [0, ""]));
  });
});

describe("a selected winner", () => {
  it("is a branch, and what a clone checks out", async () => {
    const commit = await trees.snapshot(1, (tree) => writeTree(tree, "b.txt", "b\n"));
    const selection = { winner: 1, branch: "aideator/x", commit, by: "someone" };
    await trees.record({ at: 9, event: { type: "selection.made", ...selection } });
    const into = fresh("winner");
    expect((await trees.client(trees.dir, ["clone", "-q", url, into])).code).toBe(0);
    expect(trees.git(into, ["rev-parse", "--abbrev-ref", "HEAD"])).toBe("winner");
    expect(existsSync(join(into, "b.txt"))).toBe(true);
  });
});

describe("load", () => {
  const limits: GitLimits = { running: 1, waiting: 1, waitMs: 60_000, bodyBytes: 1_000_000 };
  const processes = (): number =>
    readdirSync("/proc").filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return args.includes(trees.runId) && args.includes("upload-pack");
      } catch {
        return false;
      }
    }).length;

  async function until(holds: () => boolean): Promise<void> {
    for (let tries = 0; !holds(); tries += 1) {
      if (tries > 2_000) throw new Error("it did not get there");
      await pause(5);
    }
  }

  it("is served one after the other, and beyond a limit told to come back; who leaves ends git and makes room", async () => {
    // Random bytes: more than sockets and pipes hold, so that a client that does not read stops git.
    const big = await trees.snapshot(2, (tree) => writeTree(tree, "big.bin", randomBytes(40_000_000)));
    const front = createGitFront({ remote, log: pino({ level: "silent" }) }, limits);
    const address = `${await serve((request, response) => void front(request, response))}/git/runs/${trees.runId}`;
    const slow = httpRequest(`${address}/git-upload-pack`, {
      method: "POST",
      headers: { "content-type": "application/x-git-upload-pack-request" },
    });
    slow.on("error", () => undefined);
    slow.end(`${line(`want ${big} ofs-delta`)}0000${line("done")}`);
    const [response] = (await once(slow, "response")) as [NodeJS.ReadableStream];
    response.pause();
    await until(() => processes() >= 1);
    const before = process.memoryUsage().rss;
    const waiting = trees.client(trees.dir, ["ls-remote", address]);
    await pause(500);
    const turnedAway = await fetch(`${address}/info/refs?service=git-upload-pack`);
    expect([turnedAway.status, turnedAway.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000);
    slow.destroy();
    expect((await waiting).code).toBe(0);
    await until(() => processes() === 0);
  });
});
