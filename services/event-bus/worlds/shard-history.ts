import { create } from "@bufbuild/protobuf";
import {
  EventFilterSchema,
  IntakeCommitted,
  type ShardHistoryRequest,
  type ShardHistoryResponse as ResponseCodec,
  type StateCheckpoint,
} from "@orrery/schema/bus/v1";
import type { Call } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { journal } from "../journal/part.ts";
import type { Found, Reader } from "../journal/read.ts";
import { checkpointsIn, recordOf, segmentOf } from "./checkpoints.ts";

const PAGE = 500;
type Reply = InitOf<typeof ResponseCodec>;
type Record = ReturnType<typeof IntakeCommitted.decode>;

/**
 * What a writer's state at a place follows from.
 * @throws BUS_NO_CHECKPOINT
 */
export async function* shardHistory(
  { worldId, service, part, position, heldSeq }: ShardHistoryRequest,
  call: Call,
): AsyncGenerator<Reply> {
  const { reader, forks } = call.part(journal);
  for (const { world, to } of forks.lineage(worldId).toReversed()) {
    const newest = Math.min(position, to);
    const shard = `${service}/${world}/${part}`;
    const held =
      world === worldId && heldSeq > 0 ? await placeOf(reader, world, shard, heldSeq, newest) : undefined;
    if (held !== undefined) {
      yield { worldId: world, item: { case: "held", value: true } };
      yield* recordsSince(reader, world, { shard, intakeSeq: heldSeq }, held, newest);
      return;
    }
    const begun = await lastCheckpoint(reader, world, shard, newest);
    if (begun === undefined) continue;
    const { checkpoint, record } = begun;
    yield { worldId: world, item: { case: "checkpoint", value: checkpoint } };
    for (const use of checkpoint.manifest?.segments ?? [])
      for (const value of await segmentOf(reader, world, use))
        yield { worldId: world, item: { case: "segment", value } };
    yield* recordsSince(reader, world, checkpoint, record.ordinal, newest);
    return;
  }
  throw new OrreryError(journalErrors.BUS_NO_CHECKPOINT, {
    given: `${service}/${worldId}/${part} at ${position}`,
  });
}

/** The last one at a place whose record is there too: a state without what it told is of another moment. */
async function lastCheckpoint(reader: Reader, world: string, shard: string, newest: number) {
  for await (const { checkpoint } of checkpointsIn(reader, world, shard, {
    after: 0,
    newest,
    newestFirst: true,
  })) {
    const record = await recordOf(reader, world, checkpoint);
    if (record !== undefined && record.ordinal <= newest) return { checkpoint, record };
  }
  return undefined;
}

/** Where a writer's record of this number lies; undefined: not up to this place. */
async function placeOf(
  reader: Reader,
  world: string,
  shard: string,
  intakeSeq: number,
  newest: number,
): Promise<number | undefined> {
  const filter = create(EventFilterSchema, { types: [IntakeCommitted.typeName], keys: [shard] });
  for (let at: number | undefined = newest + 1; at !== undefined; ) {
    const asked = { world, filter, after: at, newest, newestFirst: true, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    let oldest = Number.POSITIVE_INFINITY;
    for (const { payload, ordinal } of page.events) {
      const record = IntakeCommitted.decode(payload as Uint8Array);
      if (record.intakeSeq === intakeSeq) return ordinal;
      oldest = Math.min(oldest, record.intakeSeq);
    }
    // Far behind it they are older still, in whatever order they arrived.
    if (oldest + PAGE < intakeSeq) return undefined;
    at = page.at;
  }
  return undefined;
}

/** Records behind a checkpoint's in the order of their numbers, however they arrived. */
async function* recordsSince(
  reader: Reader,
  world: string,
  { shard, intakeSeq }: Pick<StateCheckpoint, "shard" | "intakeSeq">,
  from: number,
  newest: number,
): AsyncGenerator<Reply> {
  const filter = create(EventFilterSchema, { types: [IntakeCommitted.typeName], keys: [shard] });
  const early = new Map<number, Record>();
  let next = intakeSeq + 1;
  for (let at: number | undefined = from; at !== undefined; ) {
    const asked = { world, filter, after: at, newest, newestFirst: false, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    for (const { payload } of page.events) {
      const record = IntakeCommitted.decode(payload as Uint8Array);
      early.set(record.intakeSeq, record);
    }
    const ready: Record[] = [];
    for (let record = early.get(next); record !== undefined; record = early.get(next)) {
      early.delete(next);
      next += 1;
      ready.push(record);
    }
    yield* withInputs(reader, world, ready);
    at = page.at;
  }
}

async function* withInputs(reader: Reader, world: string, records: readonly Record[]): AsyncGenerator<Reply> {
  const inputs = await inputsOf(reader, world, records);
  for (const record of records) {
    const taken: Found[] = [];
    for (const { item } of record.items) {
      if (item.case !== "run") continue;
      const { publisher, first, count } = item.value;
      for (let sequence = first; sequence < first + count; sequence++) {
        const event = inputs.get(`${publisher}/${sequence}`);
        if (event === undefined)
          throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
            given: `${publisher}/${sequence}, an input of ${world}`,
          });
        taken.push(event);
      }
    }
    yield { worldId: world, item: { case: "record", value: record }, inputs: taken };
  }
}

/** Every event that the records name: each publisher's stretch is read once. */
async function inputsOf(
  reader: Reader,
  world: string,
  records: readonly Record[],
): Promise<ReadonlyMap<string, Found>> {
  const stretches = new Map<string, { from: number; to: number }>();
  for (const { items } of records) {
    for (const { item } of items) {
      if (item.case !== "run") continue;
      const { publisher, first, count } = item.value;
      const known = stretches.get(publisher) ?? { from: first, to: first };
      stretches.set(publisher, {
        from: Math.min(known.from, first),
        to: Math.max(known.to, first + count - 1),
      });
    }
  }
  const inputs = new Map<string, Found>();
  for (const [publisher, { from, to }] of stretches) {
    for (const event of await reader.ofPublisher(world, publisher, from, to))
      inputs.set(`${publisher}/${event.id?.sequence}`, event);
  }
  return inputs;
}
