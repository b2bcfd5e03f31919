import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { createOriginCheck } from "./origin-check";

const check = createOriginCheck({ host: "127.0.0.1", port: () => 3000, publicUrl: "https://ide.example.com" });
const refuse = (host?: string, origin?: string) => check.refuse({ headers: { host, origin } } as IncomingMessage);

describe("the origin check", () => {
  it.each([
    ["127.0.0.1:3000", undefined],
    ["localhost:3000", "http://localhost:3000"],
    ["[::1]:3000", "http://[::1]:3000"],
    ["LOCALHOST:3000", undefined],
    ["ide.example.com", "https://ide.example.com"],
  ])("lets %s from %s in", (host, origin) => {
    expect(refuse(host, origin)).toBeUndefined();
  });

  it.each([
    ["evil.example", undefined],
    ["localhost.evil.example:3000", undefined],
    ["localhost:3001", undefined],
    [undefined, undefined],
    ["localhost:3000", "http://evil.example"],
    ["localhost:3000", "null"],
    ["localhost:3000", "http://localhost:3001"],
    ["ide.example.com", "http://ide.example.com"],
  ])("refuses %s from %s", (host, origin) => {
    expect(refuse(host, origin)).toBeTypeOf("string");
  });
});
