import type { Kit, KitTables } from "@orrery/service";
import { type Lease, simulationErrors } from "@orrery/simulation";
import {
  type Codec,
  createFrameWriter,
  encodeBytes,
  type FrameWriter,
  OrreryError,
  PLATFORM,
} from "@orrery/wire";
import type { Kysely, Transaction } from "kysely";
import { together } from "@orrery/service";
import type { CapabilityTables, HeadRow } from "./tables.ts";

/** An event that is to be said. */
export interface Saying {
  readonly codec: Codec;
  readonly event: unknown;
  readonly key: string;
  /** Unix ms. */
  readonly timeMs: number;
}

const FRAME_MAX_BYTES = 65_536;

/** Where a stream stands; begun at its first look. */
export async function readHead(kit: Kit, name: string): Promise<HeadRow> {
  const db = kit.store.as<CapabilityTables>();
  const publisher = `${kit.service}/${name}/s${Math.floor(kit.hostMs()).toString(36)}`;
  await db
    .insertInto("head")
    .values({ name, revision: 0, publisher, next: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom("head").selectAll().where("name", "=", name).executeTakeFirstOrThrow();
  return { ...row, revision: Number(row.revision), next: Number(row.next) };
}

/** Frames of what is said from a place in a stream on. */
export function framesOf(kit: Kit, { publisher, next }: HeadRow, sayings: readonly Saying[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let writer: FrameWriter | undefined;
  let sequence = next;
  for (const { codec, event, key, timeMs } of sayings) {
    const payload = encodeBytes(codec, event);
    if (writer !== undefined && !writer.fits(payload.length)) {
      frames.push(writer.finish());
      writer = undefined;
    }
    writer ??= createFrameWriter(
      {
        publisher,
        source: kit.service,
        world: PLATFORM,
        lane: "standard",
        fingerprint: kit.fingerprint,
        firstSequence: sequence,
      },
      { maxBytes: FRAME_MAX_BYTES },
    );
    writer.appendRaw(codec.typeName, payload, { key, timeMs });
    sequence += 1;
  }
  if (writer !== undefined) frames.push(writer.finish());
  return frames;
}

/** What is to become durable at once: rows, what is said of it, and where the stream stands then. */
export interface Commit {
  readonly before: HeadRow;
  readonly after: HeadRow;
  readonly frames: readonly Uint8Array[];
  write(tx: Kysely<CapabilityTables>): Promise<void>;
  readonly answers: readonly KitTables["answer"][];
}

/**
 * Commits, and hands what is said to the bus.
 * @throws WORLD_COMMIT_REFUSED where another process is the writer
 */
export async function commit(kit: Kit, lease: Lease, one: Commit): Promise<void> {
  const { before, after, frames, answers } = one;
  const ids = await kit.store
    .as<KitTables>()
    .transaction()
    .execute(async (tx) => {
      await together(tx, lease.checking);
      await advance(tx, before, after);
      await one.write(tx as unknown as Kysely<CapabilityTables>);
      for (const answer of answers)
        await tx
          .insertInto("answer")
          .values(answer)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      return kit.outbox.put(tx, frames);
    });
  void kit.outbox.send(ids, frames);
}

async function advance(tx: Transaction<KitTables>, before: HeadRow, after: HeadRow): Promise<void> {
  const { numUpdatedRows } = await (tx as unknown as Kysely<CapabilityTables>)
    .updateTable("head")
    .set({ revision: after.revision, next: after.next })
    .where("name", "=", before.name)
    .where("revision", "=", before.revision)
    .where("next", "=", before.next)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== 1)
    throw new OrreryError(simulationErrors.WORLD_COMMIT_REFUSED, {
      given: `${before.name} is not at ${before.revision}`,
    });
}
