import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, type ForkRequest } from "@orrery/schema/bus/v1";
import {
  ForkedFrom,
  PackRevised,
  WorldCreated,
  WorldService as WorldRecordService,
} from "@orrery/schema/world/v1";
import { type Call, type Kit, serviceErrors } from "@orrery/service";
import { encodeBytes, OrreryError, PLATFORM } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import type { ForkRow } from "../journal/tables.ts";
import { journal } from "../journal/part.ts";
import type { Reader } from "../journal/read.ts";
import { cutAll } from "./cuts.ts";
import { checkDrops } from "./drops.ts";
import { ends } from "./ends.ts";
import { packIn, sectionsFrom } from "./pack.ts";
import { placeOf } from "./place.ts";

const KEY_LENGTH = { least: 8, most: 64 } as const;
const WORLD_ID = /^[a-z0-9-]{1,64}$/;

/**
 * A world whose past is another one's: one row here, and one event by which each service starts its own part.
 * @throws BUS_WORLD_ID, BUS_WORLD_EXISTS, BUS_WORLD_ENDED, BUS_UNKNOWN_EVENT, BUS_FORK_PLACE, BUS_DROP_UNKNOWN
 */
export async function fork(request: ForkRequest, call: Call) {
  const { reader, keeper, forks } = call.part(journal);
  const { worldId: parent, newWorldId: world, idempotencyKey: key } = request;
  if (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
  if (!WORLD_ID.test(world)) throw new OrreryError(journalErrors.BUS_WORLD_ID, { given: world });
  checkNotPlatform(world);
  checkNotPlatform(parent);
  const ended = call.part(ends);
  if (ended.get(world) !== undefined)
    throw new OrreryError(journalErrors.BUS_WORLD_EXISTS, { given: `${world}, which has ended` });
  const known = forks.get(world);
  if (known !== undefined && known.key === key) return sayFork(known, call.kit);
  if (ended.get(parent)?.deleted)
    throw new OrreryError(journalErrors.BUS_WORLD_ENDED, { given: `${parent} was deleted` });
  if (keeper.newest(parent) === 0)
    throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, { given: `anything of a world ${parent}` });
  if (known !== undefined || keeper.newest(world) > 0)
    throw new OrreryError(journalErrors.BUS_WORLD_EXISTS, { given: world });

  // Of a moment before, what is written now is of no use.
  if (request.place.case === undefined) await cutAll(call.kit, parent);
  const ground = { kit: call.kit, reader, forks, newest: (of: string) => keeper.newest(of) };
  const { position, atGs } = await placeOf(ground, request);
  // Anything that would keep a service from beginning it is found out before the world exists.
  const created = await beginning(reader, parent, position);
  const pack = request.drop.length === 0 ? undefined : await packIn(reader, parent, created);
  await checkDrops(call.kit, reader, parent, request.drop, pack);
  const said = { worldId: parent, position, atGs, drop: request.drop };
  const row: ForkRow = {
    world,
    parent,
    position,
    at_gs: atGs,
    made_ms: call.kit.hostMs(),
    key,
    said: encodeBytes(ForkedFrom, said),
  };
  await forks.add(row);
  return sayFork(row, call.kit);
}

/** @throws BUS_WORLD_ID */
export function checkNotPlatform(world: string): void {
  if (world === PLATFORM)
    throw new OrreryError(journalErrors.BUS_WORLD_ID, {
      given: `${PLATFORM}, which is there from the start`,
    });
}

/** Said at once, and again whenever the same call is made and at each start until the journal has it. */
export async function sayFork(row: ForkRow, kit: Kit) {
  const { reader } = kit.part(journal);
  const created = await beginning(reader, row.parent, row.position);
  const { seed, rate, pack, sections, revision: packRevision } = created;
  await kit.client(WorldRecordService).createWorld({
    ...{ seed, rate, pack, sections, packRevision, worldId: row.world, idempotencyKey: row.key },
    ...{ atGs: row.at_gs, epochMs: row.made_ms, forkedFrom: ForkedFrom.decode(row.said) },
  });
  return { worldId: row.world, position: row.position, atGs: row.at_gs };
}

/** How the parent began, with its pack as it was at the place. @throws BUS_PRUNED */
async function beginning(reader: Reader, world: string, position: number): Promise<Beginning> {
  const last = async (type: string) => {
    const filter = create(EventFilterSchema, { types: [type] });
    const asked = { world, filter, after: position + 1, newest: position, newestFirst: true, limit: 1 };
    return (await reader.page(asked)).events[0];
  };
  const created = await last(WorldCreated.typeName);
  if (created === undefined)
    throw new OrreryError(journalErrors.BUS_PRUNED, { given: `the beginning of ${world}` });
  const revised = await last(PackRevised.typeName);
  const begun = WorldCreated.decode(created.payload as Uint8Array);
  const naming = revised === undefined ? begun : PackRevised.decode(revised.payload as Uint8Array);
  const { world: of = world } = revised ?? created;
  const sections = sectionsFrom(of, naming);
  return { ...begun, pack: naming.pack, sections, revision: "revision" in naming ? naming.revision : 0 };
}

/** How a world began, and the pack that it had at a place. */
interface Beginning extends WorldCreated {
  readonly revision: number;
}
