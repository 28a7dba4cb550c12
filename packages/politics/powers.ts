import type { ActionRule, Faction, FactionAction, RealmGround } from "@orrery/schema/world/v1";
import { isOfWords } from "./cost.ts";

/** What of a pack the powers need; nothing of it changes in a day. */
export type PowerGround = Pick<RealmGround, "factions" | "regions" | "borders">;

/** A region, by numbers. */
export interface Territory {
  readonly id: string;
  /** Those that share a border with it. */
  readonly next: readonly number[];
  /** Whose seat it is; -1: nobody's. */
  readonly seatOf: number;
}

/** A faction, by numbers. */
export interface Party extends Pick<Faction, "id" | "name" | "traits" | "ideology"> {
  readonly seat: number;
  /** Its people who live in each territory. */
  readonly members: readonly number[];
  /** Borders to cross from its seat; as many as there are territories: there is no way. */
  readonly hops: readonly number[];
  readonly begins: {
    readonly lands: readonly number[];
    readonly strength: number;
    readonly treasury: number;
  };
}

/** Two factions, in the order of their ids. */
export interface Pair {
  /** `faction:abbey|faction:weighhouse`. */
  readonly id: string;
  readonly a: number;
  readonly b: number;
  /** What they come back to: .6 of the cosine of their ideologies. */
  readonly rest: number;
}

export interface Powers {
  readonly parties: readonly Party[];
  readonly territories: readonly Territory[];
  readonly pairs: readonly Pair[];
  rule(action: FactionAction): ActionRule | undefined;
  /** Minor units. */
  costOf(action: FactionAction): number;
  partyNo(id: string): number;
  /** Whose one of the people is, as the pack has it; -1: nobody's. */
  partyOf(npcId: string): number;
  territoryNo(id: string): number;
  /** The number of a pair, whichever comes first. */
  pairNo(one: number, other: number): number;
}

const OF_COSINE = 0.6;

/** @returns undefined where a world has no factions */
export function createPowers({ factions, regions, borders }: PowerGround): Powers | undefined {
  if (factions === undefined || factions.factions.length === 0) return undefined;
  const numbers = new Map(regions.map(({ id }, at) => [id, at]));
  const territoryNo = (id: string) => numbers.get(id) ?? -1;
  const sorted = factions.factions.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const partyNumbers = new Map(sorted.map(({ id }, at) => [id, at]));
  // Of whoever is of two factions, the first in the order of their ids.
  const factionOf = new Map(
    sorted.toReversed().flatMap(({ id, memberIds }) => memberIds.map((npcId) => [npcId, id] as const)),
  );
  const nexts = regions.map(({ id }) => (borders[id]?.regionIds ?? []).map(territoryNo));
  const parties = sorted.map(
    ({ id, name, traits, ideology, seatRegionId, regionIds, strength, treasury, members }): Party => {
      const seat = territoryNo(seatRegionId);
      return {
        ...{ id, name, traits, ideology, seat },
        members: regions.map((region) => members[region.id] ?? 0),
        hops: hopsFrom(seat, nexts),
        begins: { lands: [...new Set([seat, ...regionIds.map(territoryNo)])], strength, treasury },
      };
    },
  );
  const pairs: Pair[] = [];
  const pairNumbers = new Map<number, number>();
  parties.forEach((one, a) => {
    parties.slice(a + 1).forEach((other, further) => {
      const b = a + 1 + further;
      pairNumbers.set(a * parties.length + b, pairs.length);
      pairs.push({ id: `${one.id}|${other.id}`, a, b, rest: OF_COSINE * cosine(one, other) });
    });
  });
  const rules = new Map(factions.actions.map((rule) => [rule.action, rule]));
  return {
    parties,
    pairs,
    territories: regions.map(({ id }, at) => ({
      id,
      next: nexts[at] ?? [],
      seatOf: parties.findIndex(({ seat }) => seat === at),
    })),
    rule: (action) => rules.get(action),
    costOf: (action) => (isOfWords(action) ? factions.wordCost : factions.deedCost),
    partyNo: (id) => partyNumbers.get(id) ?? -1,
    partyOf: (npcId) => partyNumbers.get(factionOf.get(npcId) ?? "") ?? -1,
    territoryNo,
    pairNo: (one, other) =>
      pairNumbers.get(Math.min(one, other) * parties.length + Math.max(one, other)) ?? -1,
  };
}

function hopsFrom(seat: number, nexts: readonly (readonly number[])[]): readonly number[] {
  const hops = nexts.map(() => nexts.length);
  if (seat < 0) return hops;
  hops[seat] = 0;
  const queue = [seat];
  for (const at of queue)
    for (const next of nexts[at] ?? []) {
      if ((hops[next] ?? 0) < nexts.length) continue;
      hops[next] = (hops[at] ?? 0) + 1;
      queue.push(next);
    }
  return hops;
}

function cosine({ ideology: one }: Party, { ideology: other }: Party): number {
  const axes = ["authority", "tradition", "commerce", "faith", "openness"] as const;
  let [product, a, b] = [0, 0, 0];
  for (const axis of axes) {
    const [x, y] = [one?.[axis] ?? 0, other?.[axis] ?? 0];
    product += x * y;
    a += x * x;
    b += y * y;
  }
  return a === 0 || b === 0 ? 0 : product / Math.sqrt(a * b);
}
