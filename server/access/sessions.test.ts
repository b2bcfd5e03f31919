import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "next-auth/jwt";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sessionSecret } from "../environment/secret-box";
import { createTestAccess } from "./access-harness";

const TOKEN = "a-long-access-token";
const DAY = 24 * 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

/** As next-auth cuts a long value: `name.0`, `name.1`, … */
function chunked(cookie: string, size: number): string[] {
  const at = cookie.indexOf("=");
  const [name, value] = [cookie.slice(0, at), cookie.slice(at + 1)];
  return Array.from({ length: Math.ceil(value.length / size) }, (_, n) => `${name}.${n}=${value.slice(n * size, (n + 1) * size)}`);
}

describe("the session of a cookie", () => {
  it("is found among others, and in as many pieces as it comes in", async () => {
    const { access, signedIn } = await createTestAccess({ token: TOKEN });
    const cookie = await signedIn("one", { picture: "x".repeat(6_000) });
    expect((await access.sessions.read(`theme=dark; ${cookie}; aideator.csrf-token=a`))?.id).toBe("one");
    const pieces = chunked(cookie, 600);
    expect(pieces.length).toBeGreaterThan(10);
    // Browsers send cookies in whatever order they like.
    expect((await access.sessions.read([...pieces].sort().join("; ")))?.id).toBe("one");
    expect(await access.sessions.read(pieces.slice(1).join("; "))).toBeUndefined();
  });

  it.each([
    ["no header", undefined],
    ["another cookie", "aideator.session=abc"],
    ["nonsense", "aideator.session-token=abc"],
    ["nothing", "aideator.session-token="],
    ["a broken piece", "aideator.session-token.x=abc"],
  ])("is none with %s", async (_, header) => {
    const { access } = await createTestAccess({ token: TOKEN });
    expect(await access.sessions.read(header)).toBeUndefined();
  });

  it("is none without an id, though it is sealed with our key", async () => {
    const { access } = await createTestAccess({ token: TOKEN, secret: "s" });
    const value = await encode({ token: { sub: "x" }, secret: "s" });
    expect(await access.sessions.read(`aideator.session-token=${value}`)).toBeUndefined();
  });

  it("under https has a name that browsers take from this host with TLS only", async () => {
    const { access, signedIn } = await createTestAccess({ token: TOKEN, secure: true });
    const cookie = await signedIn("one");
    expect(cookie).toMatch(/^__Host-aideator\.session-token=/);
    expect((await access.sessions.read(cookie))?.id).toBe("one");
    expect(await access.sessions.read(cookie.replace("__Host-", ""))).toBeUndefined();
    expect(access.sessions.cookies.csrfToken).toEqual({
      name: "__Host-aideator.csrf-token",
      options: { httpOnly: true, sameSite: "lax", path: "/", secure: true },
    });
  });
});

describe("how long a session lasts", () => {
  it("thirty days, and thirty more whenever somebody comes back after a day", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { access, signedIn } = await createTestAccess({ token: TOKEN, secure: true });
    const cookie = await signedIn("one");
    expect(await access.sessions.renewal(cookie)).toBeUndefined();
    vi.advanceTimersByTime(29 * DAY);
    const renewed = await access.sessions.renewal(cookie);
    expect(renewed).toMatch(/^__Host-aideator\.session-token=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure$/);
    vi.advanceTimersByTime(2 * DAY);
    expect(await access.sessions.read(cookie)).toBeUndefined();
    expect((await access.sessions.read(renewed?.split(";")[0]))?.id).toBe("one");
    vi.advanceTimersByTime(29 * DAY);
    expect(await access.sessions.read(renewed?.split(";")[0])).toBeUndefined();
  });

  it("what hangs on it is closed when it expires, although no timer runs that long", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const { access, signedIn } = await createTestAccess({ token: TOKEN });
    const session = await access.sessions.read(await signedIn("one"));
    const close = vi.fn();
    const never = vi.fn();
    if (session === undefined) throw new Error("no session");
    access.sessions.whenEnded(session, close);
    access.sessions.whenEnded(session, never)();
    vi.advanceTimersByTime(29.9 * DAY);
    expect(close).not.toHaveBeenCalled();
    vi.advanceTimersByTime(0.2 * DAY);
    expect(close).toHaveBeenCalledTimes(1);
    expect(never).not.toHaveBeenCalled();
  });
});

describe("signing out", () => {
  it("makes every copy of the cookie worthless, closes what hangs on it, and leaves others alone", async () => {
    const { access, signedIn } = await createTestAccess({ token: TOKEN });
    const [mine, other] = [await signedIn("mine"), await signedIn("other")];
    const session = await access.sessions.read(mine);
    if (session === undefined) throw new Error("no session");
    const close = vi.fn();
    access.sessions.whenEnded(session, close);
    await access.sessions.end("mine");
    expect(close).toHaveBeenCalledTimes(1);
    expect(await access.sessions.read(mine)).toBeUndefined();
    expect(await access.sessions.renewal(mine)).toBeUndefined();
    expect((await access.sessions.read(other))?.id).toBe("other");
    const late = vi.fn();
    access.sessions.whenEnded(session, late);
    await expect.poll(() => late.mock.calls.length).toBe(1);
  });

  it("holds after a restart, for as long as the cookie would have been valid", async () => {
    const { access, signedIn, store } = await createTestAccess({ token: TOKEN });
    const cookie = await signedIn("mine");
    await access.sessions.end("mine");
    const again = await createTestAccess({ token: TOKEN, store });
    expect(await again.access.sessions.read(cookie)).toBeUndefined();
    const later = await createTestAccess({ token: TOKEN, store, now: () => Date.now() + 31 * DAY });
    await later.access.sessions.end("next");
    expect(JSON.parse((await store.get("sessions.ended")) ?? "[]")).toHaveLength(1);
  });
});

describe("the secret of sessions", () => {
  it("is the same after a restart, and another with another token, another folder or another secret of the operator", async () => {
    const [dir, elsewhere] = await Promise.all([mkdtemp(join(tmpdir(), "aid-session-")), mkdtemp(join(tmpdir(), "aid-session-"))]);
    try {
      const secret = await sessionSecret(dir, TOKEN);
      expect(await sessionSecret(dir, TOKEN)).toBe(secret);
      const others = [
        await sessionSecret(dir, "another-access-token"),
        await sessionSecret(elsewhere, TOKEN),
        await sessionSecret(dir, TOKEN, "a secret of the operator, long enough"),
      ];
      expect(new Set([secret, ...others]).size).toBe(4);
      const before = await createTestAccess({ token: TOKEN, secret });
      const cookie = await before.signedIn("one");
      const restarted = await createTestAccess({ token: TOKEN, secret: await sessionSecret(dir, TOKEN) });
      expect((await restarted.access.sessions.read(cookie))?.id).toBe("one");
      const rotated = await createTestAccess({ token: "another-access-token", secret: await sessionSecret(dir, "another-access-token") });
      expect(await rotated.access.sessions.read(cookie)).toBeUndefined();
    } finally {
      await Promise.all([rm(dir, { recursive: true }), rm(elsewhere, { recursive: true })]);
    }
  });
});
