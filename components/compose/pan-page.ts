/** What the editor can be scrolled by, in px: upwards, and downwards. */
export interface ScrollRoom {
  up: number;
  down: number;
}

/** How far the page goes when a finger moves the editor by `move` px, positive upwards in the text: what the editor has no room for. */
export function pagePan(move: number, { up, down }: ScrollRoom): number {
  return move > 0 ? Math.max(0, move - down) : Math.min(0, move + up);
}

/**
 * Monaco takes every touch for itself: where it is at its end a finger would be caught in it. What it has no room for moves what stands around
 * `place`. Returns what ends that.
 */
export function panPageAround(place: HTMLElement, room: () => ScrollRoom): () => void {
  let last: number | undefined;
  const onStart = ({ touches }: TouchEvent): void => {
    last = touches.length === 1 ? touches[0]?.clientY : undefined;
  };
  const onMove = ({ touches }: TouchEvent): void => {
    const [touch] = touches;
    if (last === undefined || touch === undefined) return;
    scrollerOf(place)?.scrollBy(0, pagePan(last - touch.clientY, room()));
    last = touch.clientY;
  };
  // Monaco listens at the document, and moves after this.
  place.addEventListener("touchstart", onStart, { passive: true });
  place.addEventListener("touchmove", onMove, { passive: true });
  return () => {
    place.removeEventListener("touchstart", onStart);
    place.removeEventListener("touchmove", onMove);
  };
}

function scrollerOf(place: HTMLElement): HTMLElement | undefined {
  for (let one = place.parentElement; one !== null; one = one.parentElement) {
    if (one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return undefined;
}
