/** Times of the breaker, in ms. */
export interface BreakerRhythm {
  /** The first pause, where the provider names none; each further one is twice as long. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** A longer pause is not sat out by a waiting call: it is answered, and its caller waits. */
  holdMs: number;
}

export interface Pause {
  /** ms since the epoch. */
  until: number;
  reason: string;
}

/** One call's way through the breaker. It has to be told how the call went; a later word (a stream that breaks off) may follow the first. */
export interface Passage {
  /** True when a pause has begun since: the call has to pass again. */
  overtaken(): boolean;
  /** The provider answered. */
  succeeded(): void;
  /** The provider refused for reasons of rate or quota. */
  refused(refusal: { reason: string; retryAfterMs?: number }): void;
  /** The call ended without saying anything about the provider. */
  abandoned(): void;
}

/**
 * Pauses a whole run when its provider says that it is too much: all its variations wait, then one call goes ahead as a probe, and only
 * when it is answered the others follow.
 */
export interface RunBreaker {
  /** Waits while the run is paused; `since` is when the call came in, by `now()`. Rejects with `RunPaused` where that would take longer than a call is held, or with the signal's reason. */
  pass(runId: string, call: { since: number; signal: AbortSignal }): Promise<Passage>;
  restore(runId: string, pause: Pause): void;
}

/** The run is paused for longer than a call is held. */
export class RunPaused extends Error {
  constructor(readonly pause: Pause) {
    super(pause.reason);
  }
}

interface Circuit {
  pause: Pause;
  /** `pause.until` by a clock that nobody sets. */
  deadline: number;
  /** Pauses in a row. */
  failures: number;
  probing: boolean;
  /** Called when something has changed. */
  waiting: Set<() => void>;
}

export interface BreakerOptions extends BreakerRhythm {
  /** ms, monotonic. */
  now(): number;
  /** ms since the epoch. */
  wall(): number;
  /** 0…1: spreads the ends of pauses, so that runs do not all come back at once. */
  random(): number;
  onPaused(runId: string, pause: Pause): void;
  onResumed(runId: string): void;
}

const FORGET_MS = 24 * 3_600_000;

/** See `RunBreaker`. */
export function createRunBreaker(options: BreakerOptions): RunBreaker {
  const { firstPauseMs, longestPauseMs, holdMs, now, wall, random, onPaused, onResumed } = options;
  /** Only of runs that are paused or being probed. */
  const circuits = new Map<string, Circuit>();

  function wake({ waiting }: Circuit): void {
    const awake = [...waiting];
    waiting.clear();
    for (const go of awake) go();
  }

  function pauseFor(ms: number, reason: string): Pick<Circuit, "pause" | "deadline"> {
    return { pause: { until: Math.round(wall() + ms), reason }, deadline: now() + ms };
  }

  /** Runs that ended while they were paused: nobody will ever probe them. */
  function forget(): void {
    for (const [runId, { deadline, waiting }] of circuits) {
      if (deadline + FORGET_MS < now() && waiting.size === 0) circuits.delete(runId);
    }
  }

  function trip(runId: string, circuit: Circuit | undefined, refusal: { reason: string; retryAfterMs?: number }): void {
    forget();
    const failures = (circuit?.failures ?? 0) + 1;
    const backOff = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.75 + random() / 2);
    const next: Circuit = {
      ...pauseFor(Math.max(backOff, refusal.retryAfterMs ?? 0), refusal.reason),
      failures,
      probing: false,
      waiting: circuit?.waiting ?? new Set(),
    };
    circuits.set(runId, next);
    onPaused(runId, next.pause);
    wake(next);
  }

  function close(runId: string, circuit: Circuit): void {
    circuits.delete(runId);
    onResumed(runId);
    wake(circuit);
  }

  /** A call that goes ahead while all others wait. */
  function probe(runId: string, circuit: Circuit): Passage {
    circuit.probing = true;
    let told = false;
    const after = ordinary(runId);
    const first = (tell: () => void, later: () => void) => {
      if (told) return later();
      told = true;
      tell();
    };
    return {
      overtaken: () => told && after.overtaken(),
      succeeded: () => first(() => close(runId, circuit), after.succeeded),
      refused: (refusal) =>
        first(
          () => trip(runId, circuit, refusal),
          () => after.refused(refusal),
        ),
      abandoned: () =>
        first(() => {
          circuit.probing = false;
          wake(circuit);
        }, after.abandoned),
    };
  }

  function ordinary(runId: string): Passage {
    return {
      overtaken: () => circuits.has(runId),
      succeeded: () => undefined,
      abandoned: () => undefined,
      refused(refusal) {
        const circuit = circuits.get(runId);
        // Calls that were under way when the pause began say nothing new, but may know better how long it takes.
        if (circuit === undefined) trip(runId, undefined, refusal);
        else if (!circuit.probing && now() + (refusal.retryAfterMs ?? 0) > circuit.deadline) {
          Object.assign(circuit, pauseFor(refusal.retryAfterMs ?? 0, refusal.reason));
          onPaused(runId, circuit.pause);
          wake(circuit);
        }
      },
    };
  }

  async function pass(runId: string, { since, signal }: { since: number; signal: AbortSignal }): Promise<Passage> {
    for (;;) {
      signal.throwIfAborted();
      const circuit = circuits.get(runId);
      if (circuit === undefined) return ordinary(runId);
      const left = circuit.deadline - now();
      if (left <= 0 && !circuit.probing) return probe(runId, circuit);
      if (!circuit.probing && circuit.deadline - since > holdMs) throw new RunPaused(circuit.pause);
      await change(circuit, circuit.probing ? undefined : left, signal);
    }
  }

  return {
    pass,
    restore(runId, pause) {
      circuits.set(runId, { pause, deadline: now() + pause.until - wall(), failures: 1, probing: false, waiting: new Set() });
    },
  };
}

/** Resolves when the circuit has changed or `ms` are over; rejects when the signal aborts. */
function change(circuit: Circuit, ms: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = ms === undefined ? undefined : setTimeout(done, ms);
    function clear(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", left);
      circuit.waiting.delete(done);
    }
    function done(): void {
      clear();
      resolve();
    }
    function left(): void {
      clear();
      reject(signal.reason);
    }
    circuit.waiting.add(done);
    signal.addEventListener("abort", left, { once: true });
  });
}
