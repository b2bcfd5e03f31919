import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPodExchange, type PodExchange } from "../executors/kubernetes/pod-exchange";
import { type AttemptFront, openAttemptFront } from "./attempt-front";

const RUN = "abcdefghijkl";
let folder: string;
let exchange: PodExchange;
let front: AttemptFront;
const errors: unknown[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-front-"));
  exchange = createPodExchange(folder, () => 1);
  errors.length = 0;
  front = await openAttemptFront(
    {
      exchange,
      gateway: {
        listener: (_request, response) => void response.end("model traffic"),
        grantOf: ({ headers }) => {
          const variation = ["Bearer zero", "Bearer one"].indexOf(headers.authorization ?? "");
          return Promise.resolve(variation < 0 ? undefined : { runId: RUN, projectId: "p", variation, attempt: 0, model: "demo" });
        },
      },
      git: { packCommits: () => Readable.from(["PACK"]) },
      images: { path: (_run, at) => join(folder, `image-${at}`) },
      commitsOf: () => Promise.resolve(["b".repeat(40)]),
      onError: (error) => errors.push(error),
      orderWaitMs: 50,
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

  it("passes model traffic on, and has nothing else", async () => {
    expect(await (await ask("/v1/messages")).text()).toBe("model traffic");
    expect((await ask("/attempt/events")).status).toBe(404);
    expect((await ask("/attempt/images/999")).status).toBe(404);
    expect(errors).toEqual([]);
  });

  it("sends the base", async () => {
    expect(await (await ask("/attempt/base")).text()).toBe("PACK");
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
    await expect.poll(packs).toHaveLength(1);
    request.destroy(new Error("cut"));
    await cut;
    await expect.poll(packs).toEqual([]);
    expect(await exchange.lastTree(`agent-${RUN}-0`)).toBeUndefined();
    expect((await ask("/attempt/base")).status).toBe(200);
  });

  it("keeps how an attempt ended, and its own copy of its lines", async () => {
    expect((await post("/attempt/end?code=0&lines=3", "a\nb\nc\n")).status).toBe(204);
    expect(await exchange.end(`agent-${RUN}-0`)).toEqual({ code: 0, lines: 3 });
    expect(await exchange.endLines(`agent-${RUN}-0`, 2, 4)).toEqual(["b", "c", undefined]);
    expect((await post("/attempt/end?code=zero&lines=3", "")).status).toBe(400);
  });
});
