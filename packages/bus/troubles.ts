import type { Clock } from "./clock.ts";

/** Something that keeps a subscription from its work, said so that somebody can do something about it. */
export interface Trouble {
  /** Empty: it concerns all. */
  readonly subscription: string;
  /**
   * `event`: it failed and is tried again, the others go on. `outcome`: a dead letter, a retry or a settlement cannot be
   * written. `intake`: nothing can be fetched. `broker`: something is wrong there. `loss`: something was lost there, and
   * events go on.
   */
  readonly kind: "event" | "outcome" | "intake" | "broker" | "loss";
  /** What is wrong, with the event or the frame it is about. */
  readonly what: string;
  /** Unix ms. */
  readonly sinceMs: number;
}

/** What is wrong at the moment, by what it is about. */
export interface Troubles {
  /** It goes on being wrong: `sinceMs` stays. */
  note(about: string, kind: Trouble["kind"], what: string): void;
  over(about: string): void;
  all(): readonly Trouble[];
}

export function createTroubles(subscription: string, clock: Clock): Troubles {
  const noted = new Map<string, Trouble>();
  return {
    note(about, kind, what) {
      const sinceMs = noted.get(about)?.sinceMs ?? clock.now();
      noted.set(about, { subscription, kind, what, sinceMs });
    },
    over: (about) => void noted.delete(about),
    all: () => [...noted.values()],
  };
}
