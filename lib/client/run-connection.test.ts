import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SubscribeReply } from "@/lib/protocol/socket";
import type { RunEvent } from "@/lib/run/events";
import { emptyRun } from "@/lib/run/state";
import { type ConnectionStatus, connectRun, type RunSocket } from "./run-connection";
import { createRunStore, type RunStore } from "./run-store";

const runId = "connectrun001";

/** A socket that remembers what was sent and says what the test tells it to. */
class FakeSocket {
  connected = true;
  readonly sent: { event: string; request: { runId: string; after?: number } }[] = [];
  answer: SubscribeReply | undefined = { ok: true, head: 0 };
  private readonly listeners = new Map<string, Set<(...args: unknown[]) => void>>();

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }
  off(event: string, listener: (...args: unknown[]) => void): void {
    this.listeners.get(event)?.delete(listener);
  }
  emit(event: string, request: { runId: string; after?: number }, reply?: (answer: SubscribeReply) => void): void {
    this.sent.push({ event, request });
    if (this.answer !== undefined) reply?.(this.answer);
  }
  receive(event: string, ...args: unknown[]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(...args);
  }
  /** Sends a batch; true when it was acknowledged. */
  batch(events: RunEvent[], of = runId): boolean {
    let acknowledged = false;
    this.receive("run:events", { runId: of, events, head: 0 }, () => (acknowledged = true));
    return acknowledged;
  }
  drop(): void {
    this.connected = false;
    this.receive("disconnect", "transport close");
  }
  restore(): void {
    this.connected = true;
    this.receive("connect");
  }
  get listening(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

const event = (seq: number): RunEvent => ({ runId, seq, at: seq, event: { type: "warning.raised", message: `w${seq}` } });
const events = (from: number, to: number): RunEvent[] => Array.from({ length: to - from + 1 }, (_, index) => event(from + index));

let socket: FakeSocket;
let store: RunStore;
let statuses: ConnectionStatus[];
let stop: () => void;
const connect = (): (() => void) =>
  connectRun({ runId, store, socket: socket as unknown as RunSocket, onStatus: (status) => statuses.push(status) });
const asked = (): (number | undefined)[] => socket.sent.filter((one) => one.event === "run:subscribe").map(({ request }) => request.after);
const folded = (): string[] => store.getState().notices.map(({ text }) => text);

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
  store = createRunStore({ initial: emptyRun(runId), schedule: (flush) => flush() });
  statuses = [];
  stop = () => undefined;
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe("following a run", () => {
  it("subscribes after what it has, folds and acknowledges", () => {
    store.apply(events(1, 3));
    stop = connect();
    expect(asked()).toEqual([3]);
    expect(statuses).toEqual(["connecting", "live"]);
    expect(socket.batch(events(4, 6))).toBe(true);
    expect(store.lastSeq()).toBe(6);
  });

  it("waits for the connection when there is none yet", () => {
    socket.connected = false;
    stop = connect();
    expect(asked()).toEqual([]);
    socket.receive("connect_error", new Error("refused"));
    socket.restore();
    expect(asked()).toEqual([0]);
    expect(statuses).toEqual(["connecting", "offline", "connecting", "live"]);
  });

  it("subscribes again from its own place when an event is missing, once", () => {
    stop = connect();
    socket.batch(events(1, 2));
    socket.answer = undefined; // The answer takes its time; the old subscription goes on meanwhile.
    expect(socket.batch(events(5, 6))).toBe(true);
    expect(socket.batch(events(7, 8))).toBe(true);
    expect(asked()).toEqual([0, 2]);
    socket.batch(events(3, 8));
    expect(folded()).toEqual(["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"]);
    expect(statuses).toEqual(["connecting", "live"]);
  });

  it("subscribes again when the server closed a subscription that stayed behind", () => {
    stop = connect();
    socket.batch(events(1, 4));
    socket.receive("run:closed", { runId, resumeAfter: 4, reason: "slow" });
    expect(asked()).toEqual([0, 4]);
    socket.receive("run:closed", { runId: "anotherrun01", resumeAfter: 0, reason: "slow" });
    expect(asked()).toEqual([0, 4]);
  });

  it("gives a server that fails time, ever more of it", () => {
    stop = connect();
    const close = (): void => socket.receive("run:closed", { runId, resumeAfter: 0, reason: "error" });
    close();
    expect(asked()).toEqual([0]);
    vi.advanceTimersByTime(500);
    expect(asked()).toEqual([0, 0]);
    close();
    vi.advanceTimersByTime(500);
    expect(asked()).toEqual([0, 0]);
    vi.advanceTimersByTime(500);
    expect(asked()).toEqual([0, 0, 0]);
  });

  it("goes on after a lost connection; every event is folded once", () => {
    stop = connect();
    socket.batch(events(1, 5));
    socket.drop();
    expect(statuses.at(-1)).toBe("offline");
    socket.restore();
    expect(asked()).toEqual([0, 5]);
    socket.batch(events(4, 9));
    expect(folded()).toEqual(["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9"]);
    expect(statuses).toEqual(["connecting", "live", "offline", "connecting", "live"]);
  });

  it("asks again after a refusal", () => {
    socket.answer = { ok: false, error: "This connection follows too many runs: unsubscribe from one." };
    stop = connect();
    expect(statuses).toEqual(["connecting", "offline"]);
    socket.answer = { ok: true, head: 0 };
    vi.advanceTimersByTime(500);
    expect(statuses.at(-1)).toBe("live");
  });

  it("leaves other runs' batches to others", () => {
    stop = connect();
    expect(socket.batch(events(1, 1), "anotherrun01")).toBe(false);
    expect(store.lastSeq()).toBe(0);
  });

  it("leaves nothing behind when it stops", () => {
    const end = connect();
    socket.receive("run:closed", { runId, resumeAfter: 0, reason: "error" });
    end();
    expect(socket.listening).toBe(0);
    expect(socket.sent.at(-1)).toEqual({ event: "run:unsubscribe", request: { runId } });
    vi.advanceTimersByTime(60_000);
    expect(asked()).toEqual([0]);
  });
});
