import type { Features } from "@orrery/bus";
import type { Timeline } from "./oracle/timeline.ts";

export type Answer = "pass" | "fail" | "not-run";

export interface Result {
  /** `I1`. */
  readonly id: string;
  readonly title: string;
  readonly answer: Answer;
  /** Why it failed or did not run; empty when it passed. */
  readonly why: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly tookMs: number;
  /** What happened when; undefined when it did not run. */
  readonly timeline: Timeline | undefined;
}

/** One run of the suite against one transport. */
export interface Verdict {
  readonly transport: string;
  readonly features: Features;
  readonly seed: number;
  /** Share of the PR tier's load. */
  readonly scale: number;
  /** Fail if anything failed; not-run if nothing could run. */
  readonly answer: Answer;
  readonly results: readonly Result[];
}

export function answerOf(results: readonly Result[]): Answer {
  if (results.some((result) => result.answer === "fail")) return "fail";
  return results.some((result) => result.answer === "pass") ? "pass" : "not-run";
}

/** Thrown by an invariant that found what must not be. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** Throws a Violation with `what` unless `holds`. */
export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Violation(what);
}
