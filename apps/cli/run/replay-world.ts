import {
  IntakeCommitted,
  type JournalEvent,
  JournalService,
  Order,
  PersonalService,
} from "@orrery/schema/bus/v1";
import {
  type Aggregate,
  type Recorded,
  replayShard,
  type ReplaySource,
  type ReplayVerdict,
  type Stretch,
  inWords,
} from "@orrery/simulation";
import { type EventId, peekFrame } from "@orrery/wire";
import { codecs } from "@orrery/schema/registry";
import type { ServiceDefinition } from "@orrery/service";
import { createVersions } from "@orrery/simulation/version";
import type { Edge } from "../edge.ts";
import { gameClock } from "../print.ts";
import { codeVersion } from "./code-version.ts";
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

/**
 * Replays the aggregates of this code from a running world's journal, in this process: the world goes on undisturbed.
 * @param services default: all that are here
 */
export async function replayWorld(
  edge: Edge,
  asked: ReplayAsked,
  progressed: (service: string, batches: number, atGs: number) => void,
  services?: readonly ServiceDefinition[],
): Promise<ServiceReplay[]> {
  const definitions = (services ?? (await loadServices())).filter(
    ({ id, aggregate }) => aggregate !== undefined && (asked.services?.includes(id) ?? true),
  );
  const journal = await journalOf(edge);
  const personal = personalOf(edge);
  const versionOf = createVersions(codeVersion());
  const results: ServiceReplay[] = [];
  for (const { id, aggregate } of definitions) {
    const startMs = performance.now();
    const source: ReplaySource = {
      personal,
      async *intake() {
        for (const record of journal.intake.get(`${id}/${edge.world}`) ?? [])
          if (record.record.atGs >= asked.fromGs) yield record;
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
    const pure = aggregate as unknown as Aggregate;
    const shard = { service: id, world: edge.world, codeVersion: await versionOf(pure.definedIn) };
    const verdict = await replayShard(pure, shard, source, (batches, atGs) => progressed(id, batches, atGs));
    results.push({ service: id, verdict, seconds: (performance.now() - startMs) / 1000 });
  }
  return results;
}

/** A line for each stretch that one code handled. */
export function replayRows({ service, verdict, seconds }: ServiceReplay) {
  const row = { service, seconds: Number(seconds.toFixed(1)) };
  if (verdict.verdict === "NOT_RUN")
    return [{ ...row, verdict: "NOT_RUN", code: "", commits: 0, events: 0, detail: verdict.reason }];
  return verdict.stretches.map((stretch) => ({
    ...row,
    verdict: stretch.verdict as string,
    code: stretch.codeVersion,
    commits: stretch.batches,
    events: stretch.events,
    detail: detailOf(stretch),
  }));
}

function detailOf({ verdict, difference, atGs, codeVersion }: Stretch): string {
  if (difference === undefined) return `to ${gameClock(atGs)}`;
  const words = `intake ${difference.intakeSeq}: ${inWords(difference)}`;
  return verdict === "FAIL" ? words : `differs, and was handled by other code (${codeVersion}); ${words}`;
}

/** Opening and sealing by event-bus, which keeps the keys to itself; what has no personal fields does not go there. */
function personalOf(edge: Edge): ReplaySource["personal"] {
  const client = edge.client(PersonalService);
  return {
    async openMessage(codec, bytes, place) {
      if (codec.personal === undefined) return { bytes, erased: [] };
      const opened = await client.openMessage({ type: codec.typeName, place, message: bytes });
      return { bytes: opened.message, erased: opened.erased };
    },
    async sealFrame(frame, maxBytes) {
      const types = peekFrame(frame).types;
      if (types.every((type) => codecs.get(type)?.personal === undefined))
        return { frames: [frame], erased: [] };
      return client.sealFrames({ frames: [frame], maxBytes });
    },
  };
}

/** The whole journal of a world: its intake records by shard, and its events by id. */
async function journalOf(edge: Edge) {
  const client = edge.client(JournalService);
  const intake = new Map<string, Recorded[]>();
  const events = new Map<string, JournalEvent>();
  for (let pageToken = ""; ; ) {
    const page = await client.query({ worldId: edge.world, order: Order.ARRIVAL, pageSize: PAGE, pageToken });
    for (const event of page.events) {
      if (event.type === IntakeCommitted.typeName) {
        const record = IntakeCommitted.decode(event.payload);
        const recorded = { record, fingerprint: event.fingerprint };
        const records = intake.get(record.shard);
        if (records === undefined) intake.set(record.shard, [recorded]);
        else records.push(recorded);
      } else {
        events.set(`${event.id?.publisher}/${event.id?.sequence}`, event);
      }
    }
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  for (const records of intake.values())
    records.sort(
      ({ record: a }, { record: b }) =>
        a.intakeSeq - b.intakeSeq || (a.checkpoint?.part ?? 0) - (b.checkpoint?.part ?? 0),
    );
  return { intake, events };
}
