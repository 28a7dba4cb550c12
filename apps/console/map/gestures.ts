/** What hands want of the map, in pixels of it. */
export interface Wish {
  pan(dx: number, dy: number): void;
  zoom(x: number, y: number, factor: number): void;
  choose(x: number, y: number): void;
  /** Where the hand is; none: it is away, or a finger that has been lifted. */
  point(at: readonly [x: number, y: number] | undefined): void;
}

/** A finger is not as steady as a mouse. */
const STEADY_PX = { mouse: 2, touch: 9 } as const;
const WHEEL = 0.0015;

/** One finger or the mouse drags, two pinch, a tap or click chooses, the wheel zooms. @returns lets go */
export function listen(target: HTMLElement, wish: Wish): () => void {
  const down = new Map<number, { x: number; y: number; fromX: number; fromY: number }>();
  let isTap = false;

  function onDown({ pointerId, offsetX: x, offsetY: y }: PointerEvent): void {
    target.setPointerCapture(pointerId);
    isTap = down.size === 0;
    down.set(pointerId, { x, y, fromX: x, fromY: y });
  }

  function onMove({ pointerId, pointerType, offsetX: x, offsetY: y }: PointerEvent): void {
    const finger = down.get(pointerId);
    if (finger === undefined) return wish.point([x, y]);
    const other = [...down].find(([id]) => id !== pointerId)?.[1];
    if (other === undefined) wish.pan(x - finger.x, y - finger.y);
    else {
      const apart = (from: { x: number; y: number }) => Math.hypot(from.x - other.x, from.y - other.y);
      const [before, after] = [apart(finger), apart({ x, y })];
      wish.pan((x - finger.x) / 2, (y - finger.y) / 2);
      if (before > 0) wish.zoom((x + other.x) / 2, (y + other.y) / 2, after / before);
    }
    [finger.x, finger.y] = [x, y];
    const steady = pointerType === "mouse" ? STEADY_PX.mouse : STEADY_PX.touch;
    if (Math.hypot(x - finger.fromX, y - finger.fromY) > steady) isTap = false;
    if (pointerType === "mouse") wish.point([x, y]);
  }

  function onUp({ pointerId, pointerType, offsetX, offsetY, type }: PointerEvent): void {
    if (down.delete(pointerId) && isTap && type === "pointerup") wish.choose(offsetX, offsetY);
    isTap = false;
    if (pointerType !== "mouse") wish.point(undefined);
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    wish.zoom(event.offsetX, event.offsetY, Math.exp(-event.deltaY * WHEEL));
  }

  const gone = new AbortController();
  const { signal } = gone;
  target.addEventListener("pointerdown", onDown, { signal });
  target.addEventListener("pointermove", onMove, { signal });
  target.addEventListener("pointerup", onUp, { signal });
  target.addEventListener("pointercancel", onUp, { signal });
  target.addEventListener("pointerleave", () => wish.point(undefined), { signal });
  target.addEventListener("wheel", onWheel, { passive: false, signal });
  return () => gone.abort();
}
