/** Dollars to 4 significant figures: `$0.1420`, `$2.318`, `$0.00`; below a hundredth of a cent `<$0.0001`. */
export function formatDollars(dollars: number): string {
  if (dollars === 0) return "$0.00";
  if (dollars < 0.0001) return "<$0.0001";
  if (dollars < 1) return `$${dollars.toFixed(4)}`;
  if (dollars >= 1_000) return `$${Math.round(dollars).toLocaleString("en-US")}`;
  return `$${dollars.toPrecision(4)}`;
}

/** What is known of what was spent: `$0.1420`, `$0.1420 +` where some calls have no known price, `no price known` where none has. */
export function formatSpent({ dollars, unpriced }: { dollars: number; unpriced?: true }): string {
  if (!unpriced) return formatDollars(dollars);
  return dollars === 0 ? "no price known" : `${formatDollars(dollars)} +`;
}

/** `840ms`, `12.4s`, `1m 24s`, `2h 5m`. */
export function formatDuration(ms: number): string {
  const safe = Math.max(0, ms);
  if (safe < 1_000) return `${Math.round(safe)}ms`;
  const seconds = safe / 1_000;
  if (seconds < 59.95) return seconds < 20 ? `${seconds.toFixed(1)}s` : `${Math.round(seconds)}s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  return `${Math.floor(whole / 3_600)}h ${Math.floor((whole % 3_600) / 60)}m`;
}

/** Elapsed time of something that runs: whole seconds, so that nothing flickers. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds}s`;
  return formatDuration(seconds * 1_000);
}

/** `now`, `5m`, `2h`, `3d`, `7w`; both in ms since the epoch. */
export function formatAge(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h`;
  if (minutes < 14 * 24 * 60) return `${Math.floor(minutes / (24 * 60))}d`;
  return `${Math.floor(minutes / (7 * 24 * 60))}w`;
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** `21 Nov 2026`, in UTC, so that server and browser say the same; ms since the epoch. */
export function formatDay(at: number): string {
  return day.format(at);
}

const byteUnits = ["kB", "MB", "GB", "TB"] as const;

/** `512 B`, `12.3 kB`, `4.0 MB`, `77.9 GB`, `1.2 TB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  // 999,950 would be shown as 1000.0 of the smaller unit.
  const step = byteUnits.findIndex((_, at) => bytes < 999_950 * 1_000 ** at || at === byteUnits.length - 1) + 1;
  return `${(bytes / 1_000 ** step).toFixed(1)} ${byteUnits[step - 1]}`;
}

/** `842`, `12.4k`, `1.2M`. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}
