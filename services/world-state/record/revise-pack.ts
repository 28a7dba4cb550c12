import { PackRevised, type RevisePackRequest, type WorldRecordInit } from "@orrery/schema/world/v1";
import type { Call } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { checkKey } from "./create-world.ts";
import { named } from "./named.ts";
import { frameOf, record, sectionsIn, sectionsText, shownRecord } from "./record.ts";

/**
 * A world's pack is another from now on; the one that it has changes nothing.
 * @throws WORLD_NO_RECORD, WORLD_PACK_UNSAID, WORLD_VERSION_CONFLICT when somebody revised it at the same time, RPC_IDEMPOTENCY_KEY
 */
export async function revisePack(request: RevisePackRequest, call: Call): Promise<WorldRecordInit> {
  const { worldId: world, idempotencyKey, packId, packDigest } = request;
  checkKey(idempotencyKey);
  const records = call.part(record);
  const known = await records.get(world);
  if (known === undefined) throw new OrreryError(worldStateErrors.WORLD_NO_RECORD, { given: world });
  if (known.pack_digest === packDigest) return shownRecord(known);

  const timeMs = call.kit.clock.now();
  const told = sectionsIn(known);
  const { sections, frames } = await named(request.sections, { world, timeMs }, told, call);
  const revision = known.pack_revision + 1;
  const sequence = known.sequence + 1;
  const said = { world, publisher: known.publisher, sequence, timeMs };
  const revised = frameOf(call.kit, said, PackRevised, { packId, revision, sections });
  const changed = {
    ...{ pack_id: packId, pack_digest: packDigest, pack_revision: revision },
    sections: sectionsText(sections),
    sequence,
  };
  const written = await records.say(
    async (tx) => {
      const done = await tx
        .updateTable("world_record")
        .set(changed)
        .where("world", "=", world)
        .where("pack_revision", "=", known.pack_revision)
        .executeTakeFirst();
      return Number(done.numUpdatedRows) === 1;
    },
    [...frames, revised],
  );
  if (!written)
    throw new OrreryError(worldStateErrors.WORLD_VERSION_CONFLICT, {
      given: `${world}, revision ${revision}`,
    });
  return shownRecord({ ...known, ...changed });
}
