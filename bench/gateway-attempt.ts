/** The attempt that calls, on both sides of the socket. */
export const BENCH_MODEL = "claude-sonnet-5-5";
export const BENCH_TOKEN = "bench-token";
