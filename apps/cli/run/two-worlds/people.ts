import type { JournalEvent } from "@orrery/schema/bus/v1";
import { type MemoryShown, NeedCritical, NpcMoved, NpcService } from "@orrery/schema/npc/v1";
import { Need } from "@orrery/schema/world/v1";
import { errorCodeOf } from "@orrery/service";
import type { Edge } from "../../edge.ts";
import { gameClock, wordOf } from "../../print.ts";
import { type Difference, type Names, reasonFor } from "./difference.ts";
import { firstApart, type Told } from "./told.ts";
import { beganAt, elsewhere, hoursOf } from "./whereabouts.ts";

const PAGE = 500;
/** Of people, so many of those who were most elsewhere are asked what they remember. */
const ASKED = 60;
/** What a want and a memory weigh that one world alone has, and how many of them count. */
const [WANT, MEMORY, MEMORIES] = [0.35, 0.1, 4];
const GONE: ReadonlySet<string> = new Set(["NPC_DEAD", "NPC_UNKNOWN"]);
/** So many hours elsewhere weigh 1. */
const HOURS = 72;

/** By id, as they are called. */
export async function peopleOf(edge: Edge, world: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (let pageToken = ""; ; ) {
    const page = await edge.client(NpcService).listNpcs({ worldId: world, pageSize: PAGE, pageToken });
    for (const { npcId, name } of page.npcs) names.set(npcId, name);
    pageToken = page.nextPageToken;
    if (pageToken === "") return names;
  }
}

interface Spans {
  readonly fromGs: number;
  readonly untilGs: number;
}

/** Whose lives went differently: where they were, what they were in want of, and what they remember that the other does not. */
export async function peopleDifferences(
  edge: Edge,
  [a, b]: readonly [Told, Told],
  { fromGs, untilGs }: Spans,
  nameOf: Names,
): Promise<Difference[]> {
  const [movesA, movesB] = [a, b].map((told) => byPerson(told, NpcMoved)) as [Moves, Moves];
  const [wantsA, wantsB] = [a, b].map((told) => byPerson(told, NeedCritical)) as [Moves, Moves];
  const ids = new Set([movesA, movesB, wantsA, wantsB].flatMap((by) => [...by.keys()]));
  const looked = [...ids].map((id) => {
    const [inA, inB] = [movesA.get(id) ?? [], movesB.get(id) ?? []];
    const began = beganAt(inA) ?? beganAt(inB) ?? "";
    const [hoursA, hoursB] = [inA, inB].map((moves) => hoursOf(moves, began, fromGs, untilGs));
    const wants = [
      ...alone(wantsA.get(id) ?? [], wantsB.get(id) ?? [], a, b),
      ...alone(wantsB.get(id) ?? [], wantsA.get(id) ?? [], b, a),
    ];
    const firsts = [firstAlone(inA, a, b), firstAlone(inB, b, a)].flatMap((one) => one ?? []);
    const move = firsts.toSorted((one, other) => (one.event.atGs ?? 0) - (other.event.atGs ?? 0))[0];
    return { id, away: elsewhere(hoursA ?? [], hoursB ?? [], fromGs), wants, move };
  });
  const most = looked
    .map((one) => ({ ...one, weight: one.away.hours / HOURS + WANT * one.wants.length }))
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight || (one.id < other.id ? -1 : 1))
    .slice(0, ASKED);
  return Promise.all(
    most.map(async ({ id, away, wants, move, weight }) => {
      const memories = await memoriesApart(edge, id, a, b);
      const said = [
        `${nameOf(id)} was elsewhere for ${away.hours} of ${Math.floor((untilGs - fromGs) / 3_600)} hours`,
        away.where &&
          `from ${gameClock(away.where.sinceGs)} on for ${away.longest} h at ${nameOf(away.where.inA)} in ${a.world} and at ${nameOf(away.where.inB)} in ${b.world}`,
        ...wants.map(({ need, own }) => `was in want of ${wordOf(Need, need)} in ${own.world} alone`),
        ...memories.slice(0, 2).map(({ shown, own }) => `knows in ${own.world} alone: “${shown.text}”`),
      ];
      const reasons = [
        ...[...wants, ...(move ? [move] : [])].map(({ event, own, other, regionId }) =>
          reasonFor(event, own, other, [regionId]),
        ),
        ...memories.map(({ origin, own, other }) => ({
          how: "because" as const,
          event: firstApart(origin, own, other),
          world: own.world,
        })),
      ];
      const reason = reasons.find(({ how }) => how === "because") ?? reasons[0];
      return {
        about: "person",
        weight: weight + MEMORY * Math.min(MEMORIES, memories.length),
        says: said.filter((part) => part !== undefined).join("; "),
        ...(reason ?? { how: "itself" as const, event: undefined, world: a.world }),
      };
    }),
  );
}

type Moves = ReadonlyMap<string, readonly JournalEvent[]>;
type OfPerson = { decode(bytes: Uint8Array): { readonly npcId: string }; readonly typeName: string };
const byPerson = (told: Told, codec: OfPerson): Moves =>
  Map.groupBy(told.of(codec.typeName), ({ payload }) => codec.decode(payload).npcId);

/** Needs that somebody was in want of in their own world alone. */
function alone(events: readonly JournalEvent[], others: readonly JournalEvent[], own: Told, other: Told) {
  const needOf = ({ payload }: JournalEvent) => NeedCritical.decode(payload).need;
  const known = new Set(others.map(needOf));
  const firsts = new Map(events.toReversed().map((event) => [needOf(event), event]));
  return [...firsts]
    .filter(([need]) => !known.has(need))
    .map(([need, event]) => ({
      ...{ need, event, own, other },
      regionId: NeedCritical.decode(event.payload).regionId,
    }));
}

function firstAlone(moves: readonly JournalEvent[], own: Told, other: Told) {
  const event = moves.find((move) => !other.has(move));
  return event && { event, own, other, regionId: NpcMoved.decode(event.payload).regionId };
}

/** What somebody knows in one world alone, of what that world alone has told. */
async function memoriesApart(edge: Edge, npcId: string, a: Told, b: Told) {
  const ask = async ({ world }: Told) =>
    (await edge.client(NpcService).listMemories({ worldId: world, npcId }).catch(unlessGone))?.memories ?? [];
  const [inA, inB] = [await ask(a), await ask(b)];
  return [...onlyIn(inA, inB, a, b), ...onlyIn(inB, inA, b, a)];
}

/** Whoever died in one of the worlds remembers nothing there. */
function unlessGone(error: unknown): undefined {
  if (!GONE.has(errorCodeOf(error) ?? "")) throw error;
}

function onlyIn(shown: readonly MemoryShown[], others: readonly MemoryShown[], own: Told, other: Told) {
  const factOf = ({ memory }: MemoryShown) => {
    const { subject, predicate, object, place } = memory?.fact ?? {};
    return [subject, predicate, object, place].join();
  };
  const known = new Set(others.map(factOf));
  return shown.flatMap((one) => {
    const { originPublisher: publisher = "", originSequence: sequence = 0 } = one.memory ?? {};
    const origin = own.at({ publisher, sequence });
    return known.has(factOf(one)) || one.text === "" || origin === undefined || other.has(origin)
      ? []
      : [{ shown: one, origin, own, other }];
  });
}
