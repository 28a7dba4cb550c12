/** What came of measuring a claim. */
export interface Outcome {
  readonly status: "pass" | "fail" | "not-run";
  /** The figure, or why there is none. */
  readonly figure: string;
}

/** One sentence that Orrery says of itself, and the way to find out whether it is true. */
export interface Claim {
  /** `codec.encode`: begins with a service's id or one of codec, frames, bus, world, start, scaffold, docs. */
  readonly id: string;
  readonly sentence: string;
  /** How it is measured, in words. */
  readonly measured: string;
  readonly threshold: string;
  /** Has no short form: run with `--full`, or when it is asked for by its whole id. */
  readonly long?: true;
  /** Takes at most 40 s unless `full` or `long`. */
  run(full: boolean): Promise<Outcome>;
}

/** Pass or fail by whether a value reaches what is asked. */
export function atLeast(value: number, threshold: number, figure: string): Outcome {
  return { status: value >= threshold ? "pass" : "fail", figure };
}

export function atMost(value: number, threshold: number, figure: string): Outcome {
  return { status: value <= threshold ? "pass" : "fail", figure };
}
