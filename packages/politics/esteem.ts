import { create } from "@bufbuild/protobuf";
import {
  type Esteem,
  type EsteemDeed,
  EsteemDeedSchema,
  EsteemSchema,
  ReputationDeed,
  Stance,
  Treaty,
} from "@orrery/schema/world/v1";
import { TOLD } from "./relation.ts";
import { stanceOf } from "./stance.ts";

/*
 * What a faction thinks of a player: the sum of what each kind of deed left, and nothing else, so that an explanation adds up. It is
 * brought to a moment when it is asked for: who does nothing costs nothing.
 */

const DAY_GS = 86_400;
/** As people's feelings: longer than what factions think of each other (20 days), which has beliefs to come back to. */
const HALF_LIFE_DAYS = 60;
/** What is left of a kind of deed under this is nothing. */
const FORGOTTEN = 0.002;

type Kind = keyof typeof ReputationDeed;
/** In one order wherever they are summed: sums in another differ by a bit. */
const KINDS = Object.keys(ReputationDeed).filter((name) => name !== "UNSPECIFIED") as readonly Kind[];

/** A deed as an esteem keeps it, by its kind: `GIFT`. */
export const kindOf = (deed: ReputationDeed): string =>
  KINDS.find((name) => ReputationDeed[name] === deed) ?? "UNSPECIFIED";

type Seen = {
  readonly atGs: number;
  readonly told: number;
  readonly stance: Stance;
  readonly deeds: { readonly [kind: string]: Readonly<Pick<EsteemDeed, "by" | "atGs">> };
};

export const firstEsteem = (atGs: number): Esteem => create(EsteemSchema, { atGs, stance: Stance.NEUTRAL });

/** What of a moment's deeds is left at a later one; an earlier moment is that one. */
const leftAt = ({ atGs }: Pick<Seen, "atGs">, nowGs: number): number =>
  0.5 ** (Math.max(0, nowGs - atGs) / (HALF_LIFE_DAYS * DAY_GS));

/** What is left of each kind of deed at a moment, those that are forgotten left out. */
export function partsAt(
  esteem: Seen,
  nowGs: number,
): readonly { readonly kind: Kind; readonly by: number }[] {
  const left = leftAt(esteem, nowGs);
  return KINDS.flatMap((kind) => {
    const by = (esteem.deeds[kind]?.by ?? 0) * left;
    return Math.abs(by) < FORGOTTEN ? [] : [{ kind, by }];
  });
}

/** -1..1. */
export const esteemAt = (esteem: Seen | undefined, nowGs: number): number =>
  esteem === undefined ? 0 : partsAt(esteem, nowGs).reduce((sum, { by }) => sum + by, 0);

/** A deed moves it, as far as there is room in -1..1. */
export function moveEsteem(
  esteem: Esteem,
  { deed, by, atGs }: { readonly deed: ReputationDeed; readonly by: number; readonly atGs: number },
  cause: Pick<EsteemDeed, "causePublisher" | "causeSequence">,
): void {
  settle(esteem, atGs);
  const value = esteemAt(esteem, esteem.atGs);
  const known = (esteem.deeds[kindOf(deed)] ??= create(EsteemDeedSchema));
  known.by += Math.min(1, Math.max(-1, value + by)) - value;
  known.times += 1;
  // What is heard of late is no news of before the last.
  known.atGs = Math.max(known.atGs, atGs);
  Object.assign(known, cause);
}

function settle(esteem: Esteem, nowGs: number): void {
  const parts = new Map<string, number>(partsAt(esteem, nowGs).map(({ kind, by }) => [kind, by]));
  for (const [kind, known] of Object.entries(esteem.deeds)) {
    const by = parts.get(kind);
    if (by === undefined) delete esteem.deeds[kind];
    else known.by = by;
  }
  esteem.atGs = Math.max(esteem.atGs, nowGs);
}

export interface EsteemNews {
  readonly value: number;
  readonly prev: number;
  readonly stance: Stance;
  readonly prevStance: Stance;
}

/** What is worth telling of it: it moved by .1 since it was told, or is another stance. Players are no one's allies, and nobody's war. */
export function esteemNews(esteem: Seen, nowGs: number): EsteemNews | undefined {
  const { told: prev, stance: prevStance } = esteem;
  const value = esteemAt(esteem, nowGs);
  const bound = { treaty: Treaty.UNSPECIFIED, raidedGs: 0 };
  const stance = stanceOf({ value, stance: prevStance, ...bound }, nowGs);
  return stance === prevStance && Math.abs(value - prev) < TOLD
    ? undefined
    : { value, prev, stance, prevStance };
}

/** Whether nothing is left of it that anybody would miss. */
export const isForgotten = (esteem: Seen, nowGs: number): boolean =>
  esteem.stance === Stance.NEUTRAL && partsAt(esteem, nowGs).length === 0;
