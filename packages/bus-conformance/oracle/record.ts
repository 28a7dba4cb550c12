/** How a publish ended, as far as its writer knows. */
export type PublishOutcome = "acked" | "failed" | "unknown";

export interface Written {
  readonly writer: number;
  readonly n: number;
  readonly key: string;
  /** Unix ms of the broker's clock. */
  readonly atMs: number;
  outcome: PublishOutcome;
}

export interface Handled {
  readonly subscription: string;
  readonly member: string;
  readonly writer: number;
  readonly n: number;
  readonly key: string;
  readonly attempt: number;
  readonly intact: boolean;
  readonly startMs: number;
  /** `<publisher>/<sequence>`: what an inbox would know it by. */
  readonly identity: string;
  endMs: number;
  /** `running` for ever when its process died in it. */
  outcome: "running" | "ok" | "failed";
}

/** `writer/n`. */
export const nameOf = (writer: number, n: number): string => `${writer}/${n}`;
