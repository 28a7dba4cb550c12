/** What a member that can be killed is told. JSON. */
export interface MemberTerms {
  readonly name: string;
  readonly subscription: string;
  readonly order: "key" | "none";
  readonly types: readonly string[];
  /** How long its handler takes, ms. */
  readonly handleMs: number;
  /** Dies by itself, as by SIGKILL, at the n-th such moment. */
  readonly dies?: { readonly at: "in a handler" | "before settling"; readonly nth: number };
}

/** A member of a subscription that is a process, or is played as one. */
export interface Member {
  readonly name: string;
  /** Resolves when it has died, whoever killed it. */
  readonly died: Promise<void>;
  /** At once, without a word. */
  kill(): Promise<void>;
  /** Stands still, `SIGSTOP`, until `go`. */
  stop(): void;
  go(): void;
  /** Its event loop does nothing else for so long. */
  block(ms: number): Promise<void>;
}

/** What a member writes down of each run of its handler. */
export type Note =
  | {
      readonly begin: number;
      readonly writer: number;
      readonly n: number;
      readonly key: string;
      readonly attempt: number;
      readonly intact: boolean;
      readonly identity: string;
      readonly atMs: number;
    }
  | { readonly end: number; readonly outcome: "ok" | "failed"; readonly atMs: number };

/** Takes notes; must have kept each when it returns, for the member may die in the next moment. */
export type TakeNote = (note: Note) => void;
