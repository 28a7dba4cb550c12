import { esteemAt, partsAt } from "@orrery/politics";
import {
  type ExplainResponseInit,
  type ExplainTermInit,
  ReputationDeed,
  type ReputationShownInit,
  Stance,
} from "@orrery/schema/world/v1";
import { entityIdOf } from "../../player-id.ts";
import { type AroundPowers, partyNo } from "../look-powers.ts";

const STANCES: ReadonlyMap<Stance, string> = new Map([
  [Stance.HOSTILE, "an enemy"],
  [Stance.TENSE, "somebody to be wary of"],
  [Stance.NEUTRAL, "neither friend nor enemy"],
  [Stance.FRIENDLY, "a friend"],
]);
const DEEDS: Readonly<Record<keyof typeof ReputationDeed, string>> = {
  UNSPECIFIED: "",
  GIFT: "gave something to its people, or on its land",
  SALE: "sold on its land what was short there",
  HELP: "lent a hand to its people, or on its land",
  BARRED: "barred a road to its land",
  THREAT: "threatened its people, or somebody on its land",
  ATTACK: "attacked its people, or somebody on its land",
  KILLING: "killed one of its people, or somebody on its land",
  HEARD: "did to its friends what they think of them for",
};

const esteemOf = ({ state }: Pick<AroundPowers, "state">, factionId: string, player: string) =>
  state.reputations.get(entityIdOf(player))?.factions[factionId];

/** What a faction thinks of a player, whoever they are: of a stranger neither well nor ill. */
export function reputationShown(
  around: AroundPowers,
  factionId: string,
  player: string,
): ReputationShownInit {
  const esteem = esteemOf(around, factionId, player);
  return {
    value: esteemAt(esteem, around.state.root.hourGs),
    stance: esteem?.stance ?? Stance.NEUTRAL,
  };
}

const often = (times: number) => (times === 1 ? "" : `, ${times} times`);

/** Why a faction thinks of a player as it does: what each kind of deed left, and the last of each. @throws WORLD_UNKNOWN_FACTION */
export function explainReputation(
  around: AroundPowers,
  { factionId, playerId: player }: { readonly factionId: string; readonly playerId: string },
): ExplainResponseInit {
  const { powers, state } = around;
  const name = powers.parties[partyNo(around, factionId)]?.name ?? "";
  const atGs = state.root.hourGs;
  const esteem = esteemOf(around, factionId, player);
  const { stance = Stance.NEUTRAL, deeds = {} } = esteem ?? {};
  const parts = esteem === undefined ? [] : partsAt(esteem, atGs);
  const terms = parts.map(({ kind, by }): ExplainTermInit => {
    const { times = 0, causePublisher = "", causeSequence = 0 } = deeds[kind] ?? {};
    return { of: "deed", text: `${DEEDS[kind]}${often(times)}`, factor: by, causePublisher, causeSequence };
  });
  const text = `To ${name} ${entityIdOf(player)} is ${STANCES.get(stance) ?? ""}`;
  return { atGs, text, terms };
}
