import type { Work } from "./work.ts";

/** Whose turn it is among leased frames. */
export interface BatchTurns {
  readonly paused: boolean;
  add(works: readonly Work[]): void;
  /** Its pause is over: it goes before what was never tried. */
  again(work: Work): void;
  /** It waits by itself; the place is free. `holdsWorld`: the frames behind it of its world wait too. */
  pause(work: Work, holdsWorld: boolean): void;
  /** It is done, or gone. */
  leave(work: Work): void;
  /** Forgets one that waits for its turn, and lets go of its world. @returns whether it waited */
  drop(work: Work): boolean;
  hold(): void;
  resume(): void;
  stop(): void;
  pump(): void;
}

export interface TurnTerms {
  readonly concurrency: number;
  /** Frames of one world follow each other. */
  readonly ordered: boolean;
  /** Must end in `pause` or `leave`. */
  go(work: Work): void;
}

export function createBatchTurns({ concurrency, ordered, go }: TurnTerms): BatchTurns {
  let fresh: Work[] = [];
  let again: Work[] = [];
  /** World to the frame that its others wait for. */
  const held = new Map<string, Work>();
  let active = 0;
  let paused = false;
  let stopped = false;
  let pumping = false;

  function mayGo(work: Work): boolean {
    const holder = ordered ? held.get(work.frame.world) : undefined;
    return holder === undefined || holder === work;
  }

  function take(list: Work[]): Work | undefined {
    const at = list.findIndex(mayGo);
    return at < 0 ? undefined : list.splice(at, 1)[0];
  }

  function letGo(work: Work): void {
    if (held.get(work.frame.world) === work) held.delete(work.frame.world);
  }

  /** What ends without a promise comes back here while the loop runs: it goes on by itself. */
  function pump(): void {
    if (pumping) return;
    pumping = true;
    while (active < concurrency && !paused && !stopped) {
      const work = take(again) ?? take(fresh);
      if (work === undefined) break;
      if (work.lost) continue;
      active++;
      if (ordered) held.set(work.frame.world, work);
      go(work);
    }
    pumping = false;
  }

  function free(): void {
    active--;
    pump();
  }

  return {
    get paused() {
      return paused;
    },
    pump,
    add(works) {
      fresh.push(...works);
      pump();
    },
    again(work) {
      again.push(work);
      pump();
    },
    pause(work, holdsWorld) {
      if (!holdsWorld) letGo(work);
      free();
    },
    leave(work) {
      letGo(work);
      free();
    },
    drop(work) {
      const before = fresh.length + again.length;
      fresh = fresh.filter((one) => one !== work);
      again = again.filter((one) => one !== work);
      const waited = fresh.length + again.length < before;
      if (waited || held.get(work.frame.world) === work) letGo(work);
      return waited;
    },
    hold() {
      paused = true;
    },
    resume() {
      paused = false;
      pump();
    },
    stop() {
      stopped = true;
    },
  };
}
