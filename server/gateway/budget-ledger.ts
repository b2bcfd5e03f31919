import type { Spender } from "./gateway";

/** What a call may cost at most, and how long an answer it asks for. */
export interface ReservationRequest extends Price {
  /** Who pays, with the caps in force; all of them pay the whole price. */
  spenders: readonly { spender: Spender; cap: number | undefined }[];
  maxTokens: number;
  /** A shorter answer is worth nothing. */
  leastTokens: number;
  /** A better look at the price, which takes time: asked for once, and only where the first one does not fit. */
  refine?(): Promise<Price>;
}

export interface Price {
  promptDollars: number;
  dollarsPerOutputToken: number;
}

export interface Reservation {
  /** What the answer may have: as asked, or fewer so that it fits every cap. */
  maxTokens: number;
  /** The cap that made it fewer. */
  limitedBy?: { spender: Spender; cap: number };
  /** Gives back what was not spent. To be called exactly once; null: nobody knows. */
  settle(dollars: number | null): void;
}

/** A cap has no room for the call. */
export class CapReached extends Error {
  constructor(
    readonly spender: Spender,
    readonly cap: number,
    readonly spent: number,
    /** What the call would cost at least. */
    readonly needed: number,
  ) {
    super("a cap has no room for this call");
  }
}

/**
 * Who has spent how much, and how much is held back for calls under way. What is held back is never less than what a call will cost, and
 * checking and holding back are one step, so that calls side by side cannot overspend together.
 */
export interface BudgetLedger {
  /**
   * Holds back the price of a call. Waits while only the reservations of other calls stand in the way: most of what they hold comes back.
   * Rejects with `CapReached`, or with the signal's reason.
   */
  reserve(request: ReservationRequest, signal: AbortSignal): Promise<Reservation>;
}

/** An answer below this length is cut so often that waiting for more room is the better choice. */
const USEFUL_TOKENS = 4_096;
/** Accounts beyond this are forgotten when nothing is held back for them; the log knows them. */
const REMEMBERED = 5_000;

/** Whole billionths of a dollar, so that sums are exact; rounded against the spender. */
interface Account {
  spent: number;
  reserved: number;
}
const NANO = 1e9;
const charge = (dollars: number): number => Math.ceil(dollars * NANO - 1e-6);

/** See `BudgetLedger`. `spent` is asked once per spender: from then on the ledger counts itself. */
export function createBudgetLedger(spent: (spender: Spender) => Promise<number>): BudgetLedger {
  const accounts = new Map<string, Account>();
  const loading = new Map<string, Promise<void>>();
  const waiting = new Set<() => void>();

  async function load(spender: Spender): Promise<void> {
    const key = keyOf(spender);
    if (accounts.has(key)) return;
    const loaded =
      loading.get(key) ??
      spent(spender)
        .then((dollars) => void accounts.set(key, { spent: charge(dollars), reserved: 0 }))
        .finally(() => loading.delete(key));
    loading.set(key, loaded);
    await loaded;
  }

  function forget(): void {
    if (accounts.size <= REMEMBERED) return;
    for (const [key, { reserved }] of accounts) {
      if (accounts.size <= REMEMBERED / 2) return;
      if (reserved === 0) accounts.delete(key);
    }
  }

  function accountOf(spender: Spender): Account {
    const account = accounts.get(keyOf(spender));
    if (account === undefined) throw new Error("the account is not loaded");
    return account;
  }

  function fitsWhole({ spenders, promptDollars, dollarsPerOutputToken, maxTokens }: ReservationRequest): boolean {
    const whole = charge(promptDollars) + charge(dollarsPerOutputToken * maxTokens);
    return spenders.every(({ spender, cap }) => {
      const { spent, reserved } = accountOf(spender);
      return cap === undefined || spent + reserved + whole <= Math.floor(cap * NANO + 1e-6);
    });
  }

  /** Everything that has to happen in one step. */
  function attempt(request: ReservationRequest): Reservation | "wait" {
    const prompt = charge(request.promptDollars);
    const perToken = request.dollarsPerOutputToken * NANO;
    const price = (tokens: number): number => prompt + Math.ceil(tokens * perToken - 1e-6);
    const capped = request.spenders.flatMap(({ spender, cap }) => {
      if (cap === undefined) return [];
      const { spent, reserved } = accountOf(spender);
      const most = Math.floor(cap * NANO + 1e-6) - spent;
      return [{ spender, cap, spent, reserved, most, free: most - reserved }];
    });
    const tightest = capped.toSorted((one, other) => one.free - other.free)[0];
    if (tightest === undefined || price(request.maxTokens) <= tightest.free) return hold(request, request.maxTokens, price);
    const useful = Math.min(request.maxTokens, Math.max(USEFUL_TOKENS, request.leastTokens));
    const fitting = perToken === 0 ? 0 : Math.min(request.maxTokens, Math.floor((tightest.free - prompt) / perToken));
    const limitedBy = { spender: tightest.spender, cap: tightest.cap };
    if (fitting >= useful) return { ...hold(request, fitting, price), limitedBy };
    const exhausted = capped.toSorted((one, other) => one.most - other.most)[0] ?? tightest;
    if (price(request.leastTokens) > exhausted.most) {
      throw new CapReached(exhausted.spender, exhausted.cap, exhausted.spent / NANO, price(request.leastTokens) / NANO);
    }
    if (capped.some(({ free, reserved }) => reserved > 0 && free < price(useful))) return "wait";
    return { ...hold(request, fitting, price), limitedBy };
  }

  function hold({ spenders }: ReservationRequest, maxTokens: number, price: (tokens: number) => number): Reservation {
    const held = price(maxTokens);
    // Kept here, so that a forgotten account cannot lose a reservation.
    const payers = spenders.map(({ spender }) => accountOf(spender));
    for (const account of payers) account.reserved += held;
    let settled = false;
    return {
      maxTokens,
      settle(dollars) {
        if (settled) return;
        settled = true;
        for (const account of payers) {
          account.reserved -= held;
          account.spent += charge(dollars ?? 0);
        }
        const awake = [...waiting];
        waiting.clear();
        for (const go of awake) go();
      },
    };
  }

  return {
    async reserve(given, signal) {
      forget();
      let request = given;
      for (;;) {
        signal.throwIfAborted();
        const unknown = request.spenders.filter(({ spender }) => !accounts.has(keyOf(spender)));
        if (unknown.length > 0) {
          await Promise.all(unknown.map(({ spender }) => load(spender)));
          // Another call may have made room in the memory meanwhile.
          continue;
        }
        const { refine } = request;
        if (refine !== undefined && !fitsWhole(request)) {
          request = { ...request, ...(await refine()), refine: undefined };
          continue;
        }
        const reservation = attempt(request);
        if (reservation !== "wait") return reservation;
        await woken(waiting, signal);
      }
    },
  };
}

function woken(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = (): void => {
      waiting.delete(go);
      reject(signal.reason);
    };
    const go = (): void => {
      signal.removeEventListener("abort", left);
      resolve();
    };
    waiting.add(go);
    signal.addEventListener("abort", left, { once: true });
  });
}

function keyOf(spender: Spender): string {
  switch (spender.kind) {
    case "variation":
      return `variation ${spender.runId}/${spender.variation}`;
    case "run":
      return `run ${spender.runId}`;
    case "project":
      return `project ${spender.projectId} ${spender.month}`;
  }
}
