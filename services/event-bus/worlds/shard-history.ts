import {
  IntakeCommitted,
  type ShardHistoryRequest,
  type ShardHistoryResponse as ResponseCodec,
} from "@orrery/schema/bus/v1";
import type { Call } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { journal } from "../journal/part.ts";
import type { Found, Reader } from "../journal/read.ts";

const PAGE = 500;
type Reply = InitOf<typeof ResponseCodec>;

/**
 * What a writer's state at a place follows from.
 * @throws BUS_NO_CHECKPOINT
 */
export async function* shardHistory(
  { worldId, service, position }: ShardHistoryRequest,
  call: Call,
): AsyncGenerator<Reply> {
  const { reader, forks } = call.part(journal);
  for (const { world, to } of forks.lineage(worldId).toReversed()) {
    const records = await recordsSince(reader, world, `${service}/${world}`, Math.min(position, to));
    if (records === undefined) continue;
    yield* withInputs(reader, world, records);
    return;
  }
  throw new OrreryError(journalErrors.BUS_NO_CHECKPOINT, {
    given: `${service} of ${worldId} at ${position}`,
  });
}

/** Records from the last whole checkpoint on, in order; undefined: there is no checkpoint. */
async function recordsSince(
  reader: Reader,
  world: string,
  shard: string,
  position: number,
): Promise<InitOf<typeof IntakeCommitted>[] | undefined> {
  const records: ReturnType<typeof IntakeCommitted.decode>[] = [];
  const filter = {
    $typeName: "bus.v1.EventFilter" as const,
    types: [IntakeCommitted.typeName],
    keys: [shard],
    entities: [],
    services: [],
    fromMs: 0,
    toMs: 0,
  };
  for (let at: number | undefined = position + 1; at !== undefined; ) {
    const asked = { world, filter, after: at, newest: position, newestFirst: true, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    for (const { payload } of page.events) {
      const record = IntakeCommitted.decode(payload as Uint8Array);
      records.unshift(record);
      const { checkpoint, intakeSeq } = record;
      if (checkpoint?.part !== 0) continue;
      const pieces = records.filter((one) => one.intakeSeq === intakeSeq && one.checkpoint !== undefined);
      if (pieces.length === checkpoint.parts) return inOrder(records);
    }
    at = page.at;
  }
  return undefined;
}

const inOrder = (records: ReturnType<typeof IntakeCommitted.decode>[]) =>
  records.sort((a, b) => a.intakeSeq - b.intakeSeq || (a.checkpoint?.part ?? 0) - (b.checkpoint?.part ?? 0));

async function* withInputs(
  reader: Reader,
  world: string,
  records: readonly InitOf<typeof IntakeCommitted>[],
): AsyncGenerator<Reply> {
  const inputs = await inputsOf(reader, world, records.slice(1));
  for (const [at, record] of records.entries()) {
    const taken: Found[] = [];
    // The state that a checkpoint gives is the state after its record.
    for (const { item } of at === 0 ? [] : (record.items ?? [])) {
      if (item?.case !== "run") continue;
      const { publisher = "", first = 0, count = 0 } = item.value;
      for (let sequence = first; sequence < first + count; sequence++) {
        const event = inputs.get(`${publisher}/${sequence}`);
        if (event === undefined)
          throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
            given: `${publisher}/${sequence}, an input of ${world}`,
          });
        taken.push(event);
      }
    }
    yield { worldId: world, record, inputs: taken };
  }
}

/** Every event that the records name: each publisher's stretch is read once. */
async function inputsOf(
  reader: Reader,
  world: string,
  records: readonly InitOf<typeof IntakeCommitted>[],
): Promise<ReadonlyMap<string, Found>> {
  const stretches = new Map<string, { from: number; to: number }>();
  for (const { items = [] } of records) {
    for (const { item } of items) {
      if (item?.case !== "run") continue;
      const { publisher = "", first = 0, count = 0 } = item.value;
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
