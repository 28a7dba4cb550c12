import type { DatabaseSync } from "node:sqlite";
import { keyOf, payloadOf, sumOf } from "./story.ts";

export interface Judgement {
  readonly subscription: string;
  readonly handled: number;
  /** Acknowledged and never handled; by place in its writer's sequence. */
  readonly lost: { readonly prefix: number; readonly middle: number; readonly suffix: number };
  /** Handled and never written. */
  readonly phantom: number;
  /** Bytes or key are not what was written. */
  readonly corrupted: number;
  readonly doubleEffects: number;
  /** Handled for the first time after a later one of the same writer; only where order is claimed. */
  readonly disordered: number;
  /** Deliveries whose effect was there already: tried before, or begun by a member whose word was not heard. */
  readonly duplicates: { readonly redelivered: number; readonly handedOver: number };
}

/** Holds what a subscription did against what its writers wrote. */
export function judge(
  db: DatabaseSync,
  subscription: string,
  ordered: boolean,
  writers: number,
  perWriter: number,
): Judgement {
  const counts = new Map(
    (db.prepare("SELECT name, n FROM count").all() as { name: string; n: number }[]).map(({ name, n }) => [
      name,
      n,
    ]),
  );
  const lost = { prefix: 0, middle: 0, suffix: 0 };
  let [handled, phantom, corrupted] = [0, 0, 0];
  const rows = db.prepare("SELECT sequence, sum FROM handled WHERE writer = ? ORDER BY sequence");
  for (let writer = 1; writer <= writers; writer++) {
    let expected = 1;
    for (const row of rows.iterate(writer) as Iterable<{ sequence: number; sum: number }>) {
      handled += 1;
      if (row.sequence < 1 || row.sequence > perWriter) {
        phantom += 1;
        continue;
      }
      if (row.sequence > expected) lost[expected === 1 ? "prefix" : "middle"] += row.sequence - expected;
      expected = row.sequence + 1;
      if (row.sum !== sumOf(payloadOf(writer, row.sequence), keyOf(writer, row.sequence))) corrupted += 1;
    }
    lost.suffix += perWriter + 1 - expected;
  }
  const others = db.prepare("SELECT count(*) AS n FROM handled WHERE writer < 1 OR writer > ?").get(writers);
  return {
    subscription,
    handled,
    lost,
    phantom: phantom + Number((others as { n: number }).n),
    corrupted,
    doubleEffects: Math.max(0, (counts.get("effects") ?? 0) - handled),
    disordered: ordered ? (counts.get("disordered") ?? 0) : 0,
    duplicates: { redelivered: counts.get("redelivered") ?? 0, handedOver: counts.get("again") ?? 0 },
  };
}

export const faultsIn = ({ lost, phantom, corrupted, doubleEffects, disordered }: Judgement): number =>
  lost.prefix + lost.middle + lost.suffix + phantom + corrupted + doubleEffects + disordered;
