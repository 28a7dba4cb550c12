import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seededNumbers } from "@orrery/bus";
import { type BrokerAt, LEASE_S, openBroker } from "./broker.ts";
import { startCrew, startWriters, type Subscription } from "./crew.ts";
import { type Fault, strikeAround } from "./faults.ts";
import { faultsIn, type Judgement, judge } from "./judge.ts";
import { openRecord } from "./record.ts";
import { SOURCE, TYPE } from "./story.ts";

export interface ChaosTerms {
  readonly at: BrokerAt;
  readonly seed: number;
  readonly events: number;
  /** Of all writers together. */
  readonly eventsPerS: number;
  readonly perFrame: number;
  /** What this broker suffers, besides its consumers. */
  readonly faults: readonly Fault[];
  /** Longest wait for the last events once the faults are over, ms. */
  readonly settleMs: number;
}

export interface ChaosReport {
  readonly events: number;
  readonly seconds: number;
  readonly strikes: Readonly<Record<string, number>>;
  readonly repeatedFrames: number;
  readonly subscriptions: readonly Judgement[];
  /** 0: nothing lost, invented, changed, done twice or out of order. */
  readonly faults: number;
}

const WRITERS = 2;
const MEMBERS = 2;
const LOOK_MS = 500;

/** Events through a broker under faults; then the judgement. */
export async function runChaos(terms: ChaosTerms): Promise<ChaosReport> {
  const { at, seed, eventsPerS, perFrame } = terms;
  const perWriter = Math.ceil(terms.events / WRITERS);
  const events = perWriter * WRITERS;
  const dir = mkdtempSync(join(tmpdir(), ".orrery-chaos-"));
  const subscriptions: Subscription[] = [
    { id: "chaos/ordered", order: "key", file: join(dir, "ordered.db") },
    { id: "chaos/shared", order: "none", file: join(dir, "shared.db") },
    { id: "chaos/other", order: "none", file: join(dir, "other.db") },
  ];
  const records = subscriptions.map(({ file }) => openRecord(file));
  // Not every broker can go back: who reads is known before anything is published.
  const transport = await openBroker(at);
  await transport.ensure({
    topics: [{ service: SOURCE, lane: "standard" }],
    subscriptions: subscriptions.map(({ id, order }) => ({ id, order, types: [TYPE], from: "earliest" })),
  });
  await transport.close();
  const uniform = seededNumbers(seed + 1);
  const crew = startCrew(at, subscriptions, MEMBERS);
  const anyMember = () =>
    crew.members[Math.floor(uniform() * crew.members.length)] as (typeof crew.members)[0];
  const faults: Fault[] = [
    ...terms.faults,
    { name: "consumer killed", strike: () => anyMember().kill(300 + uniform() * 1_000) },
    { name: "consumer crashes before it settles", strike: () => anyMember().crash() },
    { name: "event loop blocked", strike: () => anyMember().block(LEASE_S * 2_000) },
    { name: "consumer stopped", strike: () => anyMember().pause(LEASE_S * 2_000) },
  ];
  const began = performance.now();
  const writing = startWriters(at, WRITERS, perWriter, eventsPerS, perFrame);
  const handled = () =>
    records.map((db) => Number((db.prepare("SELECT count(*) AS n FROM handled").get() as { n: number }).n));
  const tell = (what: string) =>
    console.error(
      `${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${writing.acked()} acknowledged  ${what}`,
    );
  const strikes = strikeAround(faults, seed, tell);
  try {
    await writing.done;
    await strikes.stop();
    tell("calm: the rest is handled");
    for (
      const untilMs = performance.now() + terms.settleMs;
      performance.now() < untilMs;
      await sleep(LOOK_MS)
    )
      if (handled().every((count) => count >= events)) break;
    // What would be too much may come late as well.
    await sleep(LEASE_S * 1_000);
    const judged = subscriptions.map(({ id, order }, at) =>
      judge(records[at] as (typeof records)[0], id, order === "key", WRITERS, perWriter),
    );
    return {
      events,
      seconds: (performance.now() - began) / 1_000,
      strikes: strikes.counts,
      repeatedFrames: writing.repeated(),
      subscriptions: judged,
      faults: judged.reduce((sum, one) => sum + faultsIn(one), 0),
    };
  } finally {
    writing.stop();
    await crew.stop();
    for (const db of records) db.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
