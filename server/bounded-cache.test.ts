import { describe, expect, it } from "vitest";
import { createBoundedCache } from "./bounded-cache";

describe("a bounded cache", () => {
  it("keeps what was used last within its bound, and nothing that is heavier than it", async () => {
    const made: string[] = [];
    const cache = createBoundedCache<string>({ bound: 3, weigh: (value) => value.length });
    const get = (key: string): Promise<string> =>
      cache.get(key, async () => {
        made.push(key);
        return key;
      });
    for (const key of ["a", "b", "c", "a", "d", "a", "b", "long", "long"]) expect(await get(key)).toBe(key);
    expect(made).toEqual(["a", "b", "c", "d", "b", "long", "long"]);
  });

  it("does the work once for many who ask at once, and again after it failed", async () => {
    const cache = createBoundedCache<number>({ bound: 9, weigh: () => 1 });
    let calls = 0;
    const failing = (): Promise<number> => {
      calls += 1;
      return Promise.reject(new Error("no"));
    };
    await Promise.all([1, 2, 3].map(() => expect(cache.get("k", failing)).rejects.toThrow("no")));
    expect(calls).toBe(1);
    expect(await cache.get("k", async () => 7)).toBe(7);
  });
});
