import type { BeingInit, ContentOrder, RoomInit } from "@orrery/schema/orchestration/v1";
import { ContentKind } from "@orrery/schema/orchestration/v1";
import type { Random, Streams } from "@orrery/simulation";
import { rounded } from "./exact.ts";
import { type Four, statsOf, threatOf } from "./stats.ts";
import { ROOM_GOODS, SPECIES, type Species } from "./tables.ts";

export const OUT = "out";
const EXITS_MOST = 4;
const SIDE = { leastM: 4, mostM: 50 };

/** Rooms and who is in them: what everything else is hung on. Each draws from a stream of its own. */
export function foundation(
  { kind, difficulty }: ContentOrder,
  streams: Streams,
): { readonly rooms: RoomInit[]; readonly beings: BeingInit[] } {
  const size = streams.stream("size");
  const isPlace = kind === ContentKind.PLACE;
  const rooms = roomsOf(isPlace ? 2 + size.int(3 + Math.round(3 * difficulty)) : 1, streams);
  const count = isPlace ? 1 + size.int(3) + Math.round(4 * difficulty) : 1;
  const kinds = SPECIES.filter(({ isPerson }) => isPlace || isPerson === (kind === ContentKind.PERSON));
  const beings = Array.from({ length: count }, (_, at) =>
    beingOf(`being-${at + 1}`, kinds, rooms, difficulty, streams.stream("being", at)),
  );
  return { rooms, beings };
}

/** A tree, whose first room leads into the open: each reaches each. */
function roomsOf(count: number, streams: Streams): RoomInit[] {
  const rooms: (RoomInit & { exits: string[] })[] = [];
  for (let at = 0; at < count; at++) {
    const random = streams.stream("room", at);
    const side = () => rounded(SIDE.leastM + random.uniform() * (SIDE.mostM - SIDE.leastM));
    const openness = rounded(random.uniform());
    const room = {
      roomId: `room-${at + 1}`,
      ...{ widthM: side(), depthM: side(), openness },
      lightDay: rounded(0.15 + 0.85 * openness),
      lightOvercast: rounded(0.1 + 0.5 * openness),
      lightNight: rounded(0.02 + 0.13 * openness),
      goods: [random.pick(ROOM_GOODS)],
      exits: at === 0 ? [OUT] : [],
    };
    const open = rooms.filter(({ exits }) => exits.length < EXITS_MOST);
    if (open.length > 0) {
      const behind = random.pick(open);
      behind.exits.push(room.roomId);
      room.exits.push(behind.roomId ?? "");
    }
    rooms.push(room);
  }
  return rooms;
}

function beingOf(
  beingId: string,
  kinds: readonly Species[],
  rooms: readonly RoomInit[],
  difficulty: number,
  random: Random,
): BeingInit {
  const species = random.pick(kinds);
  const stats = statsOf(random, species.weights, difficulty);
  const [vigor, might, guard, pace] = stats as Four;
  return {
    ...{ beingId, species: species.id, roomId: random.pick(rooms).roomId ?? "" },
    stats: { vigor, might, guard, pace },
    threat: threatOf(stats),
    goods: [random.pick(species.goods)],
  };
}
