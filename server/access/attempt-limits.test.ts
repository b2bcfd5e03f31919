import { beforeEach, describe, expect, it } from "vitest";
import { type AttemptLimits, createAttemptLimits } from "./attempt-limits";

let time: number;
let limits: AttemptLimits;
let tokens = 0;
const guess = (address: string): void => void limits.wrong(address, `guess ${++tokens}`);

beforeEach(() => {
  time = 1_000_000;
  limits = createAttemptLimits(() => time);
});

describe("waiting after wrong tokens", () => {
  it("begins with the fifth, doubles with each one more, and stays at five minutes", () => {
    const waits = Array.from({ length: 16 }, () => {
      guess("192.0.2.1");
      const wait = limits.waitS("192.0.2.1");
      time += wait * 1_000;
      return wait;
    });
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it("is over when its time has passed, to the second", () => {
    for (let n = 0; n < 8; n += 1) guess("192.0.2.1");
    expect(limits.waitS("192.0.2.1")).toBe(8);
    time += 7_001;
    expect(limits.waitS("192.0.2.1")).toBe(1);
    time += 999;
    expect(limits.waitS("192.0.2.1")).toBe(0);
  });

  it("concerns one address only", () => {
    for (let n = 0; n < 20; n += 1) guess("192.0.2.1");
    expect(limits.waitS("192.0.2.2")).toBe(0);
  });

  it("is forgotten after a quarter of an hour without wrong tokens", () => {
    for (let n = 0; n < 9; n += 1) guess("192.0.2.1");
    time += 15 * 60_000;
    guess("192.0.2.1");
    expect(limits.waitS("192.0.2.1")).toBe(0);
  });

  it("does not come from repeating one wrong token: that is an outdated script, and guesses nothing", () => {
    for (let n = 0; n < 100; n += 1) limits.wrong("192.0.2.1", "the token of last year");
    expect(limits.waitS("192.0.2.1")).toBe(0);
    expect(limits.wrong("192.0.2.1", "the token of last year")).toEqual({ count: 1, isNew: false });
    expect(limits.wrong("192.0.2.1", "another")).toEqual({ count: 2, isNew: true });
  });
});

describe("what is remembered", () => {
  it("is bounded: who failed longest ago is forgotten first", () => {
    for (let n = 0; n < 5; n += 1) guess("first");
    for (let n = 0; n < 12_000; n += 1) guess(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    expect(limits.size()).toBe(10_000);
    expect(limits.waitS("first")).toBe(0);
  });

  it("goes with its time, without anybody asking for it", () => {
    for (let n = 0; n < 100; n += 1) guess(`192.0.2.${n}`);
    time += 15 * 60_000;
    guess("198.51.100.1");
    expect(limits.size()).toBe(1);
  });
});
