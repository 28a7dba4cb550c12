import { type Findings, judgeHandled } from "./judge.ts";
import { type Handled, nameOf, type PublishOutcome, type Written } from "./record.ts";

/** An event that its subscription gave up. */
export interface Buried {
  readonly subscription: string;
  readonly atMs: number;
}

/** What was done to the broker, its way or its members, and for how long. */
export interface Struck {
  readonly name: string;
  readonly fromMs: number;
  toMs: number;
}

/** Writes down both sides and compares them (Jepsen's way): the only judge of what was delivered. */
export interface Ledger {
  publish(writer: number, n: number, key: string, atMs?: number): void;
  outcome(writer: number, n: number, outcome: PublishOutcome): void;
  begin(entry: Omit<Handled, "endMs" | "outcome">): Handled;
  end(entry: Handled, outcome: "ok" | "failed", endMs: number): void;
  bury(subscription: string, atMs: number): void;
  strike(name: string, fromMs: number): Struck;
  /** A publish was not acknowledged and sent again: doubles of it have a cause. */
  resent(): void;
  readonly entries: readonly Handled[];
  readonly writings: Iterable<Written>;
  readonly buried: readonly Buried[];
  readonly strikes: readonly Struck[];
  readonly published: number;
  readonly resends: number;
  /** Well handled events of a subscription, doubles not counted. */
  handledBy(subscription: string): number;
  judge(subscription: string): Findings;
}

export function createLedger(): Ledger {
  const written = new Map<string, Written>();
  const entries: Handled[] = [];
  const buried: Buried[] = [];
  const strikes: Struck[] = [];
  const distinct = new Map<string, Set<string>>();
  let resends = 0;

  return {
    entries,
    buried,
    strikes,
    get writings() {
      return written.values();
    },
    get published() {
      return written.size;
    },
    get resends() {
      return resends;
    },
    publish: (writer, n, key, atMs = 0) =>
      void written.set(nameOf(writer, n), { writer, n, key, atMs, outcome: "unknown" }),
    outcome(writer, n, outcome) {
      const one = written.get(nameOf(writer, n));
      if (one !== undefined) one.outcome = outcome;
    },
    begin(entry) {
      const { subscription } = entry;
      if (!distinct.has(subscription)) distinct.set(subscription, new Set());
      const made: Handled = {
        ...entry,
        endMs: Infinity,
        outcome: "running",
      };
      entries.push(made);
      return made;
    },
    end(entry, outcome, endMs) {
      entry.outcome = outcome;
      entry.endMs = endMs;
      if (outcome === "ok") distinct.get(entry.subscription)?.add(nameOf(entry.writer, entry.n));
    },
    bury: (subscription, atMs) => void buried.push({ subscription, atMs }),
    strike(name, fromMs) {
      const struck = { name, fromMs, toMs: fromMs };
      strikes.push(struck);
      return struck;
    },
    resent: () => void resends++,
    handledBy: (subscription) => distinct.get(subscription)?.size ?? 0,
    judge: (subscription) =>
      judgeHandled(
        written,
        entries.filter((entry) => entry.subscription === subscription),
        { resends, strikes: strikes.length },
      ),
  };
}
