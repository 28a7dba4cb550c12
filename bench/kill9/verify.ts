import { JournalService, Order } from "@orrery/schema/bus/v1";
import { HourChanged, TimerFired, TimeService, TimeUpdated } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import type { Edge } from "@orrery/cli/edge.ts";
import { replayWorld } from "@orrery/cli/run/replay-world.ts";
import type { Load } from "./load.ts";
import { patiently } from "./patiently.ts";

const PAGE = 1_000;
const SETTLE_MS = 30_000;
const LOOK_AGAIN_MS = 1_000;

export interface Report {
  readonly acknowledged: number;
  /** Acknowledged timers that never fired. */
  readonly lost: number;
  /** Timers that fired more than once. */
  readonly twice: number;
  /** Hours missing or doubled, and game seconds that no TimeUpdated closes. */
  readonly clockGaps: number;
  /** Regions whose revisions have a gap. */
  readonly revisionGaps: number;
  readonly events: number;
  /** Whether the recorded input gives every emitted byte again. */
  readonly replay: string;
}

/** Looks at the journal of what was killed so often, and holds it against the ledger of the load. */
export async function verify(edge: Edge, load: Load): Promise<Report> {
  await allFired(edge);
  const missing = ({ fired }: Kept) => [...load.acknowledged].filter((timerId) => !fired.has(timerId)).length;
  let kept = await readJournal(edge);
  // A journal whose process was killed last reads on when the lease of the dead one has run out.
  for (const untilMs = performance.now() + SETTLE_MS; missing(kept) > 0 && performance.now() < untilMs; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    kept = await readJournal(edge);
  }
  const { fired, hours, updates, revisions, events } = kept;
  const hourGaps = hours.filter((hour, i) => i > 0 && hour !== (hours[i - 1] as number) + 3_600).length;
  const openSeconds = updates.filter(
    ({ atGs, spanS }, i) => i > 0 && atGs - spanS !== updates[i - 1]?.atGs,
  ).length;
  const revisionGaps = [...revisions.values()].filter((list) =>
    list.some((revision, i) => i > 0 && revision !== (list[i - 1] as number) + 1),
  ).length;
  const verdicts = (
    await replayWorld(edge, { services: undefined, fromGs: Number.NEGATIVE_INFINITY }, () => {})
  ).map(({ verdict }) => verdict.verdict);
  return {
    acknowledged: load.acknowledged.size,
    lost: missing(kept),
    twice: [...fired.values()].filter((count) => count > 1).length,
    clockGaps: hourGaps + openSeconds,
    revisionGaps,
    events,
    replay: verdicts.every((verdict) => verdict === "PASS") ? "PASS" : verdicts.join(" "),
  };
}

interface Kept {
  /** Times a timer fired. */
  readonly fired: ReadonlyMap<string, number>;
  readonly hours: readonly number[];
  readonly updates: readonly { readonly atGs: number; readonly spanS: number }[];
  /** By region. */
  readonly revisions: ReadonlyMap<string, readonly number[]>;
  readonly events: number;
}

async function readJournal(edge: Edge): Promise<Kept> {
  const journal = edge.client(JournalService);
  const fired = new Map<string, number>();
  const hours: number[] = [];
  const updates: { atGs: number; spanS: number }[] = [];
  const revisions = new Map<string, number[]>();
  let events = 0;
  const types = [TimerFired, HourChanged, TimeUpdated, WeatherChanged].map(({ typeName }) => typeName);
  for (let pageToken = ""; ; ) {
    const asked = { worldId: edge.world, filter: { types }, order: Order.ARRIVAL, pageSize: PAGE, pageToken };
    const page = await patiently(() => journal.query(asked));
    for (const { type, payload } of page.events) {
      events += 1;
      if (type === TimerFired.typeName) {
        const { timerId } = TimerFired.decode(payload);
        fired.set(timerId, (fired.get(timerId) ?? 0) + 1);
      } else if (type === HourChanged.typeName) hours.push(HourChanged.decode(payload).atGs);
      else if (type === TimeUpdated.typeName) updates.push(TimeUpdated.decode(payload));
      else {
        const { regionId, revision } = WeatherChanged.decode(payload);
        revisions.set(regionId, [...(revisions.get(regionId) ?? []), revision]);
      }
    }
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  hours.sort((a, b) => a - b);
  updates.sort((a, b) => a.atGs - b.atGs);
  return { fired, hours, updates, revisions, events };
}

/** Waits until no timer is pending and the journal has been still for a moment. */
async function allFired(edge: Edge): Promise<void> {
  const time = edge.client(TimeService);
  for (const untilMs = performance.now() + SETTLE_MS; performance.now() < untilMs; ) {
    const { timers } = await patiently(() => time.listTimers({ worldId: edge.world, pageSize: 1 }));
    if (timers.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await new Promise((resolve) => setTimeout(resolve, 800));
}
