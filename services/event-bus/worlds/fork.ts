import { create } from "@bufbuild/protobuf";
import { type ForkRequest, EventFilterSchema } from "@orrery/schema/bus/v1";
import { ForkedFrom, PackRevised, WorldCreated } from "@orrery/schema/world/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { encodeBytes, type InitOf, OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import type { ForkRow } from "../journal/tables.ts";
import { journal } from "../journal/part.ts";
import type { Reader } from "../journal/read.ts";
import { cleanCut } from "./clean-cut.ts";
import { worldMaker } from "./maker.ts";

const KEY_LENGTH = { least: 8, most: 64 } as const;
const WORLD_ID = /^[a-z0-9-]{1,64}$/;

/**
 * A world whose past is another one's: one row here, and one event by which each service starts its own part.
 * @throws BUS_WORLD_ID, BUS_WORLD_EXISTS, BUS_UNKNOWN_EVENT, BUS_NO_CHECKPOINT
 */
export async function fork(request: ForkRequest, call: Call) {
  const { reader, keeper, forks } = call.part(journal);
  const { worldId: parent, newWorldId: world, idempotencyKey: key } = request;
  if (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
  if (!WORLD_ID.test(world)) throw new OrreryError(journalErrors.BUS_WORLD_ID, { given: world });
  const known = forks.get(world);
  if (known !== undefined && known.key === key) return say(known, call);
  const newest = keeper.newest(parent);
  if (newest === 0)
    throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, { given: `anything of a world ${parent}` });
  if (known !== undefined || keeper.newest(world) > 0)
    throw new OrreryError(journalErrors.BUS_WORLD_EXISTS, { given: world });

  const asked = await placeOf(request, reader, newest);
  const position = await cleanCut(reader, parent, asked, newest);
  const atGs = await reachedGs(reader, parent, position);
  const said = { worldId: parent, position, atGs, drop: request.drop };
  const row: ForkRow = {
    world,
    parent,
    position,
    at_gs: atGs,
    made_ms: call.kit.clock.now(),
    key,
    said: encodeBytes(ForkedFrom, said),
  };
  // Anything that would keep a service from beginning it is found out before the world exists.
  await beginning(reader, parent, position);
  await forks.add(row);
  return say(row, call);
}

async function placeOf({ worldId, place }: ForkRequest, reader: Reader, newest: number): Promise<number> {
  if (place.case === "position") {
    if (!(place.value >= 1 && place.value <= newest))
      throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
        given: `position ${place.value} of ${worldId}, which reaches from 1 to ${newest}`,
      });
    return Math.floor(place.value);
  }
  if (place.case !== "atGs") return newest;
  const after = await reader.firstAfterGs(worldId, place.value);
  return after === undefined ? newest : after.ordinal - 1;
}

/** Said at once, and again whenever the same call is made: a crash in between loses nothing. */
async function say(row: ForkRow, call: Call) {
  const { reader } = call.part(journal);
  const created = await beginning(reader, row.parent, row.position);
  await call.part(worldMaker).say(row.world, row.made_ms, {
    ...created,
    atGs: row.at_gs,
    worldId: row.world,
    epochMs: row.made_ms,
    forkedFrom: ForkedFrom.decode(row.said),
  });
  return { worldId: row.world, position: row.position, atGs: row.at_gs };
}

/** How the parent began, with its pack as it was at the place. @throws BUS_PRUNED */
async function beginning(
  reader: Reader,
  world: string,
  position: number,
): Promise<InitOf<typeof WorldCreated>> {
  const last = async (type: string) => {
    const filter = create(EventFilterSchema, { types: [type] });
    const asked = { world, filter, after: position + 1, newest: position, newestFirst: true, limit: 1 };
    return (await reader.page(asked)).events[0]?.payload as Uint8Array | undefined;
  };
  const created = await last(WorldCreated.typeName);
  if (created === undefined)
    throw new OrreryError(journalErrors.BUS_PRUNED, { given: `the beginning of ${world}` });
  const revised = await last(PackRevised.typeName);
  const begun = WorldCreated.decode(created);
  return { ...begun, ...(revised && { pack: PackRevised.decode(revised).pack }) };
}

/** Game time of a place: of the latest events before it that have one; records of the kit have none of the world's. */
async function reachedGs(reader: Reader, world: string, position: number): Promise<number> {
  for (let at: number | undefined = position + 1; at !== undefined; ) {
    const asked = { world, filter: undefined, after: at, newest: position, newestFirst: true, limit: 200 };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    const times = page.events
      .filter(({ type = "" }) => !type.startsWith("bus."))
      .flatMap(({ atGs }) => atGs ?? []);
    if (times.length > 0) return Math.max(...times);
    at = page.at;
  }
  return 0;
}
