/** How a publish ended, as far as its writer knows. */
export type PublishOutcome = "acked" | "failed" | "unknown";

export interface Handled {
  readonly subscription: string;
  readonly member: string;
  readonly writer: number;
  readonly n: number;
  readonly key: string;
  readonly attempt: number;
  readonly intact: boolean;
  readonly startMs: number;
  endMs: number;
  outcome: "running" | "ok" | "failed";
}

export interface Findings {
  readonly published: number;
  readonly handled: number;
  /** Acknowledged, never handled well; `writer/n`. */
  readonly lost: readonly string[];
  /** Where in its writer's run loss lies. */
  readonly lostAt: { readonly prefix: number; readonly middle: number; readonly suffix: number };
  /** Handled, never published. */
  readonly phantom: readonly string[];
  readonly corrupted: readonly string[];
  /** Handled well more than once. */
  readonly duplicates: number;
  /** First handled after a later one of its key. */
  readonly reordered: readonly string[];
  /** Two handlers ran one event at one time. */
  readonly overlapping: readonly string[];
}

/** Writes down both sides and compares them (Jepsen's way): the only judge of what was delivered. */
export interface Ledger {
  publish(writer: number, n: number, key: string): void;
  outcome(writer: number, n: number, outcome: PublishOutcome): void;
  begin(entry: Omit<Handled, "endMs" | "outcome">): Handled;
  end(entry: Handled, outcome: "ok" | "failed", endMs: number): void;
  readonly entries: readonly Handled[];
  readonly published: number;
  /** Well handled events of a subscription, doubles not counted. */
  handledBy(subscription: string): number;
  judge(subscription: string): Findings;
}

interface Written {
  readonly key: string;
  outcome: PublishOutcome;
}

export function createLedger(): Ledger {
  const written = new Map<string, Written>();
  const entries: Handled[] = [];
  const distinct = new Map<string, Set<string>>();
  const name = (writer: number, n: number) => `${writer}/${n}`;

  function lostAt(lost: readonly string[]) {
    const heads = new Map<string, number[]>();
    for (const one of lost) {
      const [writer, n] = one.split("/") as [string, string];
      heads.set(writer, [...(heads.get(writer) ?? []), Number(n)]);
    }
    const at = { prefix: 0, middle: 0, suffix: 0 };
    for (const [writer, numbers] of heads) {
      const all = [...written.keys()]
        .filter((id) => id.startsWith(`${writer}/`))
        .map((id) => Number(id.split("/")[1]));
      const gone = new Set(numbers);
      const sorted = all.sort((a, b) => a - b);
      const firstKept = sorted.findIndex((n) => !gone.has(n));
      const lastKept = sorted.findLastIndex((n) => !gone.has(n));
      for (const n of numbers) {
        const place = sorted.indexOf(n);
        if (firstKept < 0 || place < firstKept) at.prefix++;
        else if (place > lastKept) at.suffix++;
        else at.middle++;
      }
    }
    return at;
  }

  return {
    entries,
    get published() {
      return written.size;
    },
    publish: (writer, n, key) => void written.set(name(writer, n), { key, outcome: "unknown" }),
    outcome(writer, n, outcome) {
      const one = written.get(name(writer, n));
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
      if (outcome === "ok") distinct.get(entry.subscription)?.add(name(entry.writer, entry.n));
    },
    handledBy: (subscription) => distinct.get(subscription)?.size ?? 0,
    judge(subscription) {
      const mine = entries.filter((entry) => entry.subscription === subscription);
      const well = new Map<string, number>();
      const newest = new Map<string, number>();
      const open = new Map<string, number>();
      const phantom: string[] = [];
      const corrupted: string[] = [];
      const reordered: string[] = [];
      const overlapping: string[] = [];
      for (const entry of mine) {
        const id = name(entry.writer, entry.n);
        if (!entry.intact) corrupted.push(id);
        else if (!written.has(id)) phantom.push(id);
        const until = open.get(id);
        if (until !== undefined && until > entry.startMs) overlapping.push(id);
        open.set(id, Math.max(until ?? 0, entry.endMs));
        if (entry.outcome !== "ok") continue;
        if (!well.has(id)) {
          const lane = `${entry.writer} ${entry.key}`;
          const last = newest.get(lane) ?? -1;
          if (entry.n < last) reordered.push(`${id} after ${last}`);
          newest.set(lane, Math.max(last, entry.n));
        }
        well.set(id, (well.get(id) ?? 0) + 1);
      }
      const lost = [...written]
        .filter(([id, one]) => one.outcome === "acked" && !well.has(id))
        .map(([id]) => id);
      let duplicates = 0;
      for (const times of well.values()) duplicates += times - 1;
      return {
        published: written.size,
        handled: well.size,
        lost,
        lostAt: lostAt(lost),
        phantom,
        corrupted,
        duplicates,
        reordered,
        overlapping,
      };
    },
  };
}
