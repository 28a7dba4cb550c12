import { IntakeCommitted, type JournalEvent, JournalService, Order } from "@orrery/schema/bus/v1";
import { type Aggregate, replayShard, type ReplaySource, type ReplayVerdict } from "@orrery/simulation";
import { type EventId } from "@orrery/wire";
import { fingerprint } from "@orrery/schema/registry";
import type { Edge } from "../edge.ts";
import { loadServices } from "./services.ts";

export interface ReplayAsked {
  readonly services: readonly string[] | undefined;
  /** The first checkpoint at or after this game second begins it. */
  readonly fromGs: number;
}

export interface ServiceReplay {
  readonly service: string;
  readonly verdict: ReplayVerdict;
  readonly seconds: number;
}

const PAGE = 1_000;

/** Replays the aggregates of this code from a running world's journal, in this process: the world goes on undisturbed. */
export async function replayWorld(
  edge: Edge,
  asked: ReplayAsked,
  progressed: (service: string, batches: number, atGs: number) => void,
): Promise<ServiceReplay[]> {
  const definitions = (await loadServices()).filter(
    ({ id, aggregate }) => aggregate !== undefined && (asked.services?.includes(id) ?? true),
  );
  const journal = await journalOf(edge);
  const results: ServiceReplay[] = [];
  for (const { id, aggregate } of definitions) {
    const startMs = performance.now();
    const source: ReplaySource = {
      async *intake() {
        for (const record of journal.intake.get(`${id}/${edge.world}`) ?? [])
          if (record.atGs >= asked.fromGs) yield record;
      },
      event: async ({ publisher, sequence }: EventId) => {
        const event = journal.events.get(`${publisher}/${sequence}`);
        return (
          event && {
            publisher,
            sequence,
            type: event.type,
            key: event.key,
            source: event.service,
            timeMs: event.timeMs,
            payload: event.payload,
            traceparent: event.traceparent,
          }
        );
      },
    };
    const facts = { service: id, world: edge.world, fingerprint };
    const verdict = await replayShard(aggregate as unknown as Aggregate, facts, source, (batches, atGs) =>
      progressed(id, batches, atGs),
    );
    results.push({ service: id, verdict, seconds: (performance.now() - startMs) / 1000 });
  }
  return results;
}

/** The whole journal of a world: its intake records by shard, and its events by id. */
async function journalOf(edge: Edge) {
  const client = edge.client(JournalService);
  const intake = new Map<string, IntakeCommitted[]>();
  const events = new Map<string, JournalEvent>();
  for (let pageToken = ""; ; ) {
    const page = await client.query({ worldId: edge.world, order: Order.ARRIVAL, pageSize: PAGE, pageToken });
    for (const event of page.events) {
      if (event.type === IntakeCommitted.typeName) {
        const record = IntakeCommitted.decode(event.payload);
        const records = intake.get(record.shard);
        if (records === undefined) intake.set(record.shard, [record]);
        else records.push(record);
      } else {
        events.set(`${event.id?.publisher}/${event.id?.sequence}`, event);
      }
    }
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  for (const records of intake.values())
    records.sort(
      (a, b) => a.intakeSeq - b.intakeSeq || (a.checkpoint?.part ?? 0) - (b.checkpoint?.part ?? 0),
    );
  return { intake, events };
}
