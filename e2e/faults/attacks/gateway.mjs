// The one door there is: whom it lets in, and what it does with nonsense (B9, B13).
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { attack, mischief, targets } from "./report.mjs";

const socketPath = "/run/aideator/gateway/gateway.sock";
const hello = JSON.stringify({ model: "demo", max_tokens: 10, messages: [{ role: "user", content: "hello" }] });

function call({ token, body = hello, path = "/v1/messages/count_tokens", method = "POST", headers = {} }) {
  const given = token === undefined ? {} : { "x-api-key": token };
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method, headers: { ...given, ...headers }, timeout: 20_000 }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode, text }));
      answer.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer")));
    outgoing.end(method === "GET" ? undefined : body);
  });
}
/** Anything but this status is a breach. */
const must = (wanted, options) => async () => {
  const { status, text } = await call(options);
  return status === wanted ? undefined : `${status} ${text.slice(0, 100)}`;
};

/** The agent forgets its token; the kernel still shows what it was started with. It is good for this attempt, and for nothing else. */
const own = readdirSync("/proc")
  .filter((name) => /^\d+$/.test(name))
  .map((pid) => {
    try {
      return /AIDEATOR_TOKEN=([^\0]+)/.exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[1];
    } catch {
      return undefined;
    }
  })
  .find((token) => token !== undefined);

await attack("no-token", must(401, {}));
await attack("empty-token", must(401, { token: "" }));
await attack("wrong-token", must(401, { token: "x".repeat(43) }));
await attack("token-of-an-ended-attempt", must(401, { token: targets.deadToken }));
await attack("token-by-injection", must(401, { token: "' OR 1=1 --" }));
await attack("long-token", async () => {
  const { status } = await call({ token: "y".repeat(12_000) });
  return [401, 431].includes(status) ? undefined : status;
});
await attack("none-algorithm-token", must(401, { headers: { authorization: "Bearer eyJhbGciOiJub25lIn0.e30." } }));
await attack("api-through-gateway", must(404, { token: own, path: "/api/v1/runs", method: "GET" }));
await attack("paths-above", must(404, { token: own, path: "/v1/messages/../../api/v1/runs" }));
await attack("absolute-url", must(404, { token: own, path: `http://127.0.0.1:${targets.ports[0]}/api/v1/runs`, method: "GET" }));
await attack("deep-arrays", must(400, { token: own, body: `{"messages":${"[".repeat(100_000)}${"]".repeat(100_000)}}` }));
await attack("deep-objects", must(400, { token: own, body: `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` }));
await attack("no-json", must(400, { token: own, body: "\0\xff{{{" }));
await attack("prototype", async () => {
  const { status } = await call({ token: own, body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},"messages":[]}' });
  return status === 400 ? undefined : status;
});
await attack("oversized-body", async () => {
  // An answer before the end of what is sent may also arrive as a broken connection.
  const { status } = await call({ token: own, body: Buffer.alloc(40 * 1024 * 1024, 0x20) });
  return status === 413 ? undefined : status;
});
await attack("another-variation-by-header", async () => {
  const { status } = await call({ token: own, headers: { "x-aideator-variation": "0", "x-aideator-attempt": "../../x" } });
  return status === 200 ? undefined : status;
});
await attack(
  "smuggled-request",
  () =>
    new Promise((resolve, reject) => {
      const socket = connect(socketPath, () =>
        socket.end(
          "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/runs HTTP/1.1\r\nHost: x\r\n\r\n",
        ),
      );
      let text = "";
      socket.on("data", (chunk) => (text += chunk));
      socket.on("error", reject);
      socket.on("close", () => resolve(/ 200 /.test(text) ? text.slice(0, 100) : undefined));
      socket.setTimeout(10_000, () => socket.destroy(new Error("no answer")));
    }),
);
await mischief("half-open-connections", async () => {
  const sockets = Array.from({ length: 300 }, () => connect(socketPath).on("error", () => undefined));
  for (const socket of sockets) socket.write("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return `${sockets.filter(({ destroyed }) => !destroyed).length} stay open`;
});
await mischief(
  "garbage",
  () =>
    new Promise((resolve) =>
      connect(socketPath)
        .on("error", () => undefined)
        .on("close", () => resolve("closed"))
        .end(Buffer.alloc(100_000, 0xff)),
    ),
);
process.exit(0);
