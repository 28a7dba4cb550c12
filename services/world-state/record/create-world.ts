import { type CreateWorldRequest, WorldCreated, type WorldRecordInit } from "@orrery/schema/world/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { type Named, named } from "./named.ts";
import { frameOf, record, type RecordRow, sectionsText, shownRecord } from "./record.ts";

const WORLD_ID = /^[a-z0-9-]{1,64}$/;
const KEY_LENGTH = { least: 8, most: 64 } as const;
const RATE = { least: 0.1, most: 36_000 } as const;
const SEED_LENGTH = 256;
const NAME_LENGTH = 128;

/** A world begins. @throws WORLD_ID, WORLD_EXISTS, WORLD_TERMS, WORLD_PACK_UNSAID, RPC_IDEMPOTENCY_KEY */
export async function createWorld(request: CreateWorldRequest, call: Call): Promise<WorldRecordInit> {
  const { worldId: world, idempotencyKey, seed, rate, atGs, epochMs, forkedFrom } = request;
  checkKey(idempotencyKey);
  if (!WORLD_ID.test(world) || world === PLATFORM)
    throw new OrreryError(worldStateErrors.WORLD_ID, { given: world.slice(0, 80) });
  const wrong = wrongTerms(request, call);
  if (wrong !== undefined) throw new OrreryError(worldStateErrors.WORLD_TERMS, { given: wrong });
  const { kit } = call;
  const records = call.part(record);
  const known = await records.get(world);
  if (known !== undefined) return same(known, request);

  const timeMs = kit.clock.now();
  const publisher = `${kit.service}/${world}/made-${Math.floor(epochMs).toString(36)}`;
  const { sections, frames } = await sectionsOf(request, timeMs, call);
  const created = { atGs, worldId: world, seed, epochMs, rate, pack: request.pack, forkedFrom, sections };
  const begins = frameOf(kit, { world, publisher, sequence: 1, timeMs }, WorldCreated, created);
  const row: RecordRow = {
    ...{ world, made_key: idempotencyKey, seed, rate, made_ms: epochMs, publisher },
    ...{ pack_id: request.packId, pack_digest: request.packDigest },
    pack_revision: forkedFrom === undefined ? 0 : request.packRevision,
    sections: sectionsText(sections),
    sequence: 1,
  };
  const written = await records.say(
    async (tx) => {
      const done = await tx
        .insertInto("world_record")
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return Number(done.numInsertedOrUpdatedRows) === 1;
    },
    [...frames, begins],
  );
  // Two at once: the other was first.
  return written ? shownRecord(row) : same((await records.get(world)) ?? row, request);
}

/** @throws RPC_IDEMPOTENCY_KEY */
export function checkKey({ length }: string): void {
  if (length < KEY_LENGTH.least || length > KEY_LENGTH.most)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${length} characters` });
}

function wrongTerms(request: CreateWorldRequest, { caller }: Call): string | undefined {
  const { seed, rate, packId, packDigest, forkedFrom, pack } = request;
  if (seed === "" || seed.length > SEED_LENGTH) return `a seed of ${seed.length} characters`;
  // A fork's rate is its parent's.
  if (!(rate >= RATE.least && rate <= RATE.most)) return `rate ${rate}`;
  if (packId.length > NAME_LENGTH || packDigest.length > NAME_LENGTH) return "a name that is too long";
  if (caller.role === "service") return undefined;
  return forkedFrom === undefined && pack === undefined ? undefined : "a fork";
}

/** Of a fork they are in its parent's journal. */
async function sectionsOf(request: CreateWorldRequest, timeMs: number, call: Call): Promise<Named> {
  const { worldId: world, sections } = request;
  if (request.forkedFrom !== undefined) return { sections, frames: [] };
  return named(sections, { world, timeMs }, [], call);
}

function same(known: RecordRow, { worldId, idempotencyKey, seed }: CreateWorldRequest): WorldRecordInit {
  if (known.made_key !== idempotencyKey)
    throw new OrreryError(worldStateErrors.WORLD_EXISTS, { given: worldId });
  if (known.seed !== seed)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: `${worldId}, seed ${seed}` });
  return shownRecord(known);
}
