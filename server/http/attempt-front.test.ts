import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AttemptSpec, SetupSpec } from "../executors/executor";
import { createPodExchange, type PodExchange } from "../executors/kubernetes/pod-exchange";
import { createPodGateway } from "../executors/kubernetes/pod-gateway";
import { createPodSupplies, type PodSupplies } from "../executors/kubernetes/pod-supplies";
import { type AttemptFront, openAttemptFront } from "./attempt-front";

const RUN = "abcdefghijkl";
const place = { mirrorPath: "/mirror", baseCommit: "b".repeat(40) };
const task = { runId: RUN, variation: 0, attempt: 0, prompt: "", model: "", limits: {}, workspace: "", commandsAllowed: true };
const attempt: AttemptSpec = { name: `agent-${RUN}-0`, ...place, token: "zero", task };
let folder: string;
let exchange: PodExchange;
let supplies: PodSupplies;
let front: AttemptFront;
const errors: unknown[] = [];
/** What happens while a token of an attempt is looked up. */
let meanwhile: (request: IncomingMessage) => unknown;
beforeEach(async () => {
  meanwhile = () => undefined;
  folder = await mkdtemp(join(tmpdir(), "aid-front-"));
  exchange = createPodExchange(folder, () => 1);
  supplies = createPodSupplies(folder);
  await writeFile(join(folder, "pack"), "PACK");
  errors.length = 0;
  front = await openAttemptFront(
    {
      exchange,
      gateway: {
        listener: (_request, response) => void response.end("model traffic"),
        async grantOf(request) {
          await meanwhile(request);
          const variation = ["Bearer zero", "Bearer one"].indexOf(request.headers.authorization ?? "");
          return variation < 0 ? undefined : { runId: RUN, projectId: "p", variation, attempt: 0, model: "demo" };
        },
      },
      supplies,
      git: { basePack: () => Promise.resolve({ file: join(folder, "pack"), shallow: ["c".repeat(40), "d".repeat(40)] }) },
      onError: (error) => errors.push(error),
      orderWaitMs: 50,
      refusedMs: 50,
    },
    { host: "127.0.0.1", port: 0 },
  );
});
afterEach(async () => {
  await front.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (path: string, { token = "zero", ...init }: RequestInit & { token?: string } = {}) =>
  fetch(`http://127.0.0.1:${front.port}${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
const post = (path: string, body: string, token = "zero") => ask(path, { method: "POST", body, token });
const treeBody = (output: string, pack: string): string => `${Buffer.byteLength(output)}\n${output}${pack}`;

describe("the pods' listener", () => {
  it("serves nobody without the token of a running attempt", async () => {
    for (const path of ["base", "order", "images/0", "anything"])
      expect((await ask(`/attempt/${path}`, { token: "other" })).status).toBe(401);
    for (const path of ["tree", "lines", "end"]) expect((await post(`/attempt/${path}`, "x", "other")).status).toBe(401);
  });

  it("lets nobody without a token keep a connection", async () => {
    const stranger = connect({ host: "127.0.0.1", port: front.port, allowHalfOpen: true });
    stranger.on("error", () => undefined);
    const closed = new Promise<unknown>((resolve) => stranger.once("close", resolve));
    stranger.write("GET /attempt/egress HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: aideator-egress\r\n\r\n");
    const [answer] = (await once(stranger, "data")) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1.1 401 /);
    // It has not closed its half; a listener that has let go of it answers what comes with a reset.
    const knocks = setInterval(() => stranger.write("still here"), 50);
    await closed.finally(() => clearInterval(knocks));
  });

  it("passes model traffic on, and has nothing else", async () => {
    expect(await (await ask("/v1/messages")).text()).toBe("model traffic");
    expect((await ask("/attempt/events")).status).toBe(404);
    expect((await ask("/attempt/images/999")).status).toBe(404);
    expect(errors).toEqual([]);
  });

  it.each(["h2c", "websocket", "aideator-egress"])("takes a request that offers to go on as %s for what it is beside", async (upgrade) => {
    const headers = { authorization: "Bearer zero", connection: "Upgrade", upgrade };
    const sent = async (method: string, path: string, body = "") => {
      const request = httpRequest({ host: "127.0.0.1", port: front.port, path, method, headers, agent: false });
      if (body !== "") request.setHeader("content-length", body.length).write(body.slice(0, 3));
      const [response] = (await once(request.end(body.slice(3)), "response")) as [IncomingMessage];
      return [response.statusCode, response.headers.upgrade, await text(response)];
    };
    expect(await sent("GET", "/v1/messages")).toEqual([200, undefined, "model traffic"]);
    expect(await sent("POST", "/attempt/tree?final=1", treeBody("commit x\n", "pack"))).toEqual([204, undefined, ""]);
    expect((await exchange.lastTree(`agent-${RUN}-0`))?.output).toBe("commit x\n");
    if (upgrade !== "aideator-egress") expect((await sent("GET", "/attempt/egress")).slice(0, 2)).toEqual([426, "aideator-egress"]);
  });

  it("sends the base", async () => {
    expect((await ask("/attempt/base")).status).toBe(404);
    await supplies.offer(attempt);
    const answer = await ask("/attempt/base");
    expect(await answer.text()).toBe("PACK");
    expect(answer.headers.get("aideator-shallow")).toBe(`${"c".repeat(40)} ${"d".repeat(40)}`);
  });

  it("sends what an attempt starts from, and nothing of another's", async () => {
    await writeFile(join(folder, "picture"), "PNG");
    const start = { commit: "c".repeat(40), pack: () => Readable.from(["START"]) };
    await supplies.offer({ ...attempt, start, images: [{ hostPath: join(folder, "picture"), mediaType: "image/png" }] });
    expect(await (await ask("/attempt/start")).text()).toBe("START");
    expect(await (await ask("/attempt/images/0")).text()).toBe("PNG");
    for (const path of ["images/1", "shown/0", "dependencies"]) expect((await ask(`/attempt/${path}`)).status).toBe(404);
    for (const path of ["start", "images/0"]) expect((await ask(`/attempt/${path}`, { token: "one" })).status).toBe(404);
    expect(errors).toEqual([]);
  });

  it("has no order for a while, then the one that stands until it is answered", async () => {
    expect((await ask("/attempt/order")).status).toBe(204);
    const lines = exchange.askLines(`agent-${RUN}-0`, 3, 4, 5_000);
    const order = await (await ask("/attempt/order")).json();
    expect(order).toMatchObject({ kind: "lines", from: 3, to: 4 });
    expect(await (await ask("/attempt/order")).json()).toEqual(order);
    // Another attempt sees and answers nothing of it.
    expect((await ask("/attempt/order", { token: "one" })).status).toBe(204);
    await post(`/attempt/lines?order=${order.id}`, "forged\n", "one");
    await post(`/attempt/lines?order=${order.id}`, "three\nfour\n");
    expect(await lines).toEqual(["three", "four"]);
  });

  it("takes a tree, byte by byte, and keeps the last one over a late earlier one", async () => {
    const name = `agent-${RUN}-0`;
    const pack = `${"ü\u0000\n".repeat(50_000)}end`;
    expect((await post("/attempt/tree?final=1", treeBody("commit x\nbig a\n", pack))).status).toBe(204);
    expect((await post("/attempt/tree?final=0", treeBody("commit y\n", "late"))).status).toBe(204);
    const tree = await exchange.lastTree(name);
    expect(tree).toMatchObject({ output: "commit x\nbig a\n", final: true });
    expect(await readFile(tree?.packFile ?? "", "utf8")).toBe(pack);
    expect(await exchange.lastTree(`agent-${RUN}-1`)).toBeUndefined();
    // Also after a restart.
    expect(await createPodExchange(folder, () => 2).lastTree(name)).toEqual(tree);
  });

  it.each([
    ["", 400],
    ["no number\n", 400],
    ["99999999\n", 400],
    ["-1\nx", 400],
    ["5\nab", 400],
  ])("refuses %j as a tree", async (body, status) => {
    expect((await post("/attempt/tree?final=1", body)).status).toBe(status);
    expect(await exchange.lastTree(`agent-${RUN}-0`)).toBeUndefined();
  });

  it("forgets an upload that was cut", async () => {
    const packs = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".pack"));
    const headers = { authorization: "Bearer zero", "content-length": "1000" };
    const request = httpRequest({ host: "127.0.0.1", port: front.port, path: "/attempt/tree?final=1", method: "POST", headers });
    const cut = once(request, "error");
    request.write(treeBody("commit x\n", "half"));
    await expect.poll(packs, { timeout: 10_000 }).toHaveLength(1);
    request.destroy(new Error("cut"));
    await cut;
    await expect.poll(packs, { timeout: 10_000 }).toEqual([]);
    expect(await exchange.lastTree(`agent-${RUN}-0`)).toBeUndefined();
    expect((await ask("/attempt/order")).status).toBe(204);
  });

  it("keeps how an attempt ended, and its own copy of its lines", async () => {
    expect((await post("/attempt/end?code=0&lines=3", "a\nb\nc\n")).status).toBe(204);
    expect(await exchange.end(`agent-${RUN}-0`)).toEqual({ code: 0, lines: 3 });
    expect(await exchange.endLines(`agent-${RUN}-0`, 2, 4)).toEqual(["b", "c", undefined]);
    expect((await post("/attempt/end?code=zero&lines=3", "")).status).toBe(400);
  });
});

describe("set-ups and checks", () => {
  const check = (more: Partial<SetupSpec["setup"]> = {}): SetupSpec => ({
    name: "agent-check-0",
    ...place,
    setup: { command: "x", variables: {}, shown: [], minutes: 1, ...more },
  });

  it("have a token of their own, for as long as they are there, which is good for no model", async () => {
    const token = supplies.issueToken("agent-check-0");
    await supplies.offer(check());
    expect(await (await ask("/attempt/base", { token })).text()).toBe("PACK");
    expect((await ask("/attempt/base", { token: `${token}x` })).status).toBe(401);
    supplies.forget("agent-check-0");
    expect((await ask("/attempt/base", { token })).status).toBe(401);
  });

  it("are sent what they are shown: files, folders as archives, dependencies", async () => {
    const token = supplies.issueToken("agent-check-0");
    await mkdir(join(folder, "modules/one"), { recursive: true });
    await writeFile(join(folder, "modules/one/index.js"), "ONE");
    await writeFile(join(folder, "job.json"), "{}");
    const shown = ["job.json", "modules"].map((name) => ({ from: join(folder, name), to: `/x/${name}` }));
    await supplies.offer({ ...check({ shown }), environment: { variables: {}, path: [], dependencies: join(folder, "modules") } });
    expect(await (await ask("/attempt/shown/0", { token })).text()).toBe("{}");
    for (const path of ["shown/1", "dependencies"]) {
      await pipeline(Readable.fromWeb((await ask(`/attempt/${path}`, { token })).body as never), createWriteStream(join(folder, "x.tar")));
      expect(execFileSync("tar", ["-xOf", join(folder, "x.tar"), "./one/index.js"], { encoding: "utf8" })).toBe("ONE");
    }
    expect((await ask("/attempt/shown/2", { token })).status).toBe(404);
  });

  it("bring archives, whole or not at all, and only what is asked of them", async () => {
    const token = supplies.issueToken("agent-check-0");
    await supplies.offer(check({ reports: "/tmp/reports" }));
    const refused = await post("/attempt/kept", "TAR", token);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("no kept to bring")]);
    expect((await post("/attempt/reports", "TAR", token)).status).toBe(204);
    expect(await readFile(supplies.left("agent-check-0", "reports"), "utf8")).toBe("TAR");
    const tooMuch = await post("/attempt/reports", "x".repeat(90 * 1024 ** 2), token).catch(() => ({ status: 413 }));
    expect(tooMuch.status).toBe(413);
    expect(await readFile(supplies.left("agent-check-0", "reports"), "utf8")).toBe("TAR");
  });

  it("bring nothing with an upload that was cut before anybody read it", async () => {
    await supplies.offer({ ...check({ reports: "/tmp/reports" }), name: attempt.name });
    const put = vi.spyOn(supplies, "putLeft");
    const headers = { authorization: "Bearer zero", "content-length": "1000" };
    const request = httpRequest({ host: "127.0.0.1", port: front.port, path: "/attempt/reports", method: "POST", headers });
    const cut = once(request, "error");
    meanwhile = async (received) => {
      request.destroy(new Error("cut"));
      await new Promise((resolve) => received.once("close", resolve));
    };
    request.write("half");
    await cut;
    await expect
      .poll(() => put.mock.settledResults, { timeout: 10_000 })
      .toMatchObject([{ type: "rejected", value: { message: "The upload was cut." } }]);
    expect((await readdir(join(folder, attempt.name))).filter((name) => name.includes("reports"))).toEqual([]);
  });

  it("say at their end why, in words that are known", async () => {
    const token = supplies.issueToken("agent-check-0");
    expect((await post("/attempt/end?code=124&lines=0&cause=boredom", "", token)).status).toBe(400);
    expect((await post("/attempt/end?code=124&lines=0&cause=timeout", "", token)).status).toBe(204);
    expect(await exchange.end("agent-check-0")).toEqual({ code: 124, lines: 0, cause: "timeout" });
  });

  it("reach their proxy through the gateway's port, where they have one, and nobody else's", async () => {
    const socketPath = join(folder, "proxy.sock");
    const proxy = createServer({ allowHalfOpen: true }, (client) => client.pipe(client)).listen(socketPath);
    const token = supplies.issueToken("agent-setup-1");
    const other = supplies.issueToken("agent-check-0");
    await supplies.offer(check());
    await supplies.offer({ ...check({ proxySocket: socketPath }), name: "agent-setup-1" });
    const gateway = (as: string) => createPodGateway(`http://127.0.0.1:${front.port}`, as);
    const through = await gateway(token).tunnel();
    through.end("echo".repeat(100_000));
    const chunks: Buffer[] = [];
    for await (const chunk of through) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe("echo".repeat(100_000));
    await expect(gateway(other).tunnel()).rejects.toThrow("HTTP 403");
    await expect(gateway("nobody").tunnel()).rejects.toThrow("HTTP 401");
    proxy.close();
    await once(proxy, "close");
    await expect(gateway(token).tunnel()).rejects.toThrow("HTTP 502");
    expect(errors).toEqual([]);
  });
});
