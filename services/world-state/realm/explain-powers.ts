import { FREE, pairIdsOf, pullOf, type Pull, sharesOf, sumOf } from "@orrery/politics";
import {
  type ExplainRequest,
  type ExplainResponseInit,
  type ExplainTermInit,
  FactionAction,
  type RegionControl,
  Stance,
  Treaty,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { type AroundPowers, partyNo, territoryNo } from "./look-powers.ts";

type Asked = Pick<ExplainRequest, "regionId" | "factionId" | "otherId">;

const NEAR = 0.0005;
const STANCES: Readonly<Record<Stance, string>> = {
  [Stance.UNSPECIFIED]: "nothing to each other",
  [Stance.WAR]: "at war",
  [Stance.HOSTILE]: "hostile",
  [Stance.TENSE]: "tense",
  [Stance.NEUTRAL]: "neither friends nor enemies",
  [Stance.FRIENDLY]: "friends",
  [Stance.ALLIED]: "allies",
};
const DEEDS: Readonly<Record<FactionAction, string>> = {
  [FactionAction.UNSPECIFIED]: "did something",
  [FactionAction.EXPAND]: "reached for its land",
  [FactionAction.FORTIFY]: "held on",
  [FactionAction.RAID]: "raided it",
  [FactionAction.ALLY]: "allied with it",
  [FactionAction.TRUCE]: "made peace with it",
  [FactionAction.RECRUIT]: "mustered people",
  [FactionAction.RELIEF]: "gave to the hungry",
  [FactionAction.SANCTION]: "shut its markets to it",
  [FactionAction.PACT]: "agreed on trade with it",
  [FactionAction.BETRAY]: "betrayed it",
};
const PULLS: Readonly<Record<keyof Pull, string>> = {
  power: "what it can do everywhere",
  members: "its people who live here",
  holder: "it holds the land",
  distance: "how far its seat is",
  lands: "how much else it has to hold",
  boost: "what it did here of late",
};

/** Why a region's share, or what two factions think of each other, is what it is. @throws WORLD_UNKNOWN_FACTION */
export function explainPowers(around: AroundPowers, asked: Asked): ExplainResponseInit {
  return asked.otherId === "" ? explainShare(around, asked) : explainRelation(around, asked);
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const nameOf = ({ powers }: AroundPowers, party: number) => powers.parties[party]?.name ?? "";

function explainShare(around: AroundPowers, { regionId, factionId }: Asked): ExplainResponseInit {
  const { powers, affairs, ground, atGs } = around;
  const [territory, party] = [territoryNo(around, regionId), partyNo(around, factionId)];
  const control = affairs.controls[territory] as RegionControl;
  const pull = pullOf(powers, affairs, territory, party);
  const { causePublisher = "", causeSequence = 0 } = control.boosts[factionId] ?? {};
  const terms = (Object.keys(PULLS) as (keyof Pull)[])
    .filter((of) => Math.abs(pull[of]) > NEAR)
    .map(
      (of): ExplainTermInit => ({
        ...{ of, text: PULLS[of], factor: pull[of] },
        ...(of === "boost" && { causePublisher, causeSequence }),
      }),
    );
  const pulls = powers.parties.flatMap(({ id }, other) =>
    (control.shares[id] ?? 0) > 0 ? [sumOf(pullOf(powers, affairs, territory, other))] : [],
  );
  const mean = (pulls.reduce((sum, one) => sum + one, 0) + FREE) / (pulls.length + 1);
  terms.push({ of: "free", text: "what all others here pull, on average", factor: -mean });
  const share = sharesOf(control).find((one) => one.factionId === factionId)?.share ?? 0;
  const region = ground.regions.find(({ id }) => id === regionId)?.name ?? regionId;
  const way = sumOf(pull) > mean ? "it grows" : "it shrinks";
  return {
    atGs,
    text: `${percent(share)} of ${region} ${share === 1 ? "is" : "are"} with ${nameOf(around, party)}, and ${way}`,
    terms,
  };
}

function explainRelation(around: AroundPowers, { factionId, otherId }: Asked): ExplainResponseInit {
  const { powers, affairs, atGs } = around;
  const [one, other] = [partyNo(around, factionId), partyNo(around, otherId)];
  const pair = powers.pairNo(one, other);
  if (pair < 0)
    throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_FACTION, { given: `${factionId} and itself` });
  const {
    value = 0,
    stance = Stance.UNSPECIFIED,
    treaty = Treaty.UNSPECIFIED,
  } = affairs.relations[pair] ?? {};
  const rest = powers.pairs[pair]?.rest ?? 0;
  const terms: ExplainTermInit[] = [
    { of: "belief", text: "what they believe in, which time brings them back to", factor: rest },
    { of: "event", text: "what they did to each other since", factor: value - rest },
  ];
  const [a, b] = pairIdsOf(powers, pair).map((id) => powers.partyNo(id));
  for (const [holder, against] of [
    [a, b],
    [b, a],
  ] as const) {
    const grudge = affairs.standings[holder ?? -1]?.grudges[powers.parties[against ?? -1]?.id ?? ""];
    if (grudge === undefined) continue;
    terms.push({
      of: "event",
      text: `${nameOf(around, holder ?? -1)} has not forgotten that ${nameOf(around, against ?? -1)} ${DEEDS[grudge.action]}`,
      factor: 0,
      causePublisher: grudge.causePublisher,
      causeSequence: grudge.causeSequence,
    });
  }
  const bound =
    treaty === Treaty.UNSPECIFIED ? "" : `, bound by ${treaty === Treaty.PACT ? "a pact" : "an alliance"}`;
  const text = `${capital(nameOf(around, one))} and ${nameOf(around, other)} are ${STANCES[stance]}${bound}`;
  return { atGs, text, terms };
}
