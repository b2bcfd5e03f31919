/** How long a page in the background waits: its frames do not come, but its title and its state should still be right. */
const BACKGROUND_MS = 250;

/** Runs `flush` with the next frame, or after a moment when no frame comes (a tab in the background). */
export function scheduleFrame(flush: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    flush();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, BACKGROUND_MS);
}
