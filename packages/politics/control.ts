import type { RegionControl } from "@orrery/schema/world/v1";
import { type Affairs, landsOf } from "./affairs.ts";
import type { Powers } from "./powers.ts";

/** How fast land goes to whoever pulls most, a day. */
const PULL = 0.12;
const OF_MEMBER = 0.01;
const MOST_OF_MEMBERS = 0.3;
const HOLDER = 0.2;
const HOP = 0.05;
/** Each land beyond the third is harder to keep. */
const OVERREACH = 0.1;
const FREE_LANDS = 3;
/** What those pull who want nobody over them. */
export const FREE = 0.3;
/** Whoever holds land beside it is known in a region. */
const KNOWN = 0.004;
const FORGOTTEN = 0.002;
/** Draws all shares to their middle, a day. */
const MIDDLE = 0.02;
const BOOST_HALF_LIFE_DAYS = 4;
const [MOST, LEAD] = [0.3, 0.1];
/** At least so much of its seat is a faction's. */
const SEAT = 0.36;
const TOLD = 0.1;

/** What pulls a share of a region up: parts of one sum. */
export interface Pull {
  readonly power: number;
  readonly members: number;
  readonly holder: number;
  readonly distance: number;
  readonly lands: number;
  readonly boost: number;
}

export function pullOf(powers: Powers, affairs: Affairs, territory: number, party: number): Pull {
  const { id, members = [], hops = [] } = powers.parties[party] ?? {};
  const control = affairs.controls[territory] as RegionControl;
  return {
    power: affairs.standings[party]?.power ?? 0,
    members: Math.min(MOST_OF_MEMBERS, OF_MEMBER * (members[territory] ?? 0)),
    holder: control.holderId === id ? HOLDER + (affairs.holds[territory] ?? 0) : 0,
    distance: -HOP * (hops[territory] ?? 0),
    lands: -OVERREACH * Math.max(0, landsOf(affairs, id ?? "").length - FREE_LANDS),
    boost: control.boosts[id ?? ""]?.by ?? 0,
  };
}

export const sumOf = ({ power, members, holder, distance, lands, boost }: Pull): number =>
  power + members + holder + distance + lands + boost;

/** What the free folk have of a region. */
export const freeShareOf = ({ shares }: Pick<RegionControl, "shares">): number =>
  Math.max(0, 1 - Object.values(shares).reduce((sum, share) => sum + share, 0));

/** All shares of a region, the free folk's under an empty id; the largest first. */
export function sharesOf(
  control: Pick<RegionControl, "shares">,
): readonly { factionId: string; share: number }[] {
  return [["", freeShareOf(control)] as const, ...Object.entries(control.shares)]
    .map(([factionId, share]) => ({ factionId, share }))
    .sort((one, other) => other.share - one.share || (one.factionId < other.factionId ? -1 : 1));
}

/** The first two are close. */
export function isContested(control: Pick<RegionControl, "shares">): boolean {
  const [first, second] = sharesOf(control);
  return (first?.share ?? 0) - (second?.share ?? 0) < LEAD;
}

/** A region is another's, or much more or less so than was said last. */
export interface ControlNews {
  readonly territory: number;
  readonly prevHolderId: string;
}

/** A day passes over who has what of the land. Boosts fade after they pulled. */
export function moveControl(powers: Powers, affairs: Affairs, atGs: number): readonly ControlNews[] {
  const news: ControlNews[] = [];
  // All pull with what they had in the morning.
  const pulls = powers.territories.map((_, territory) =>
    powers.parties.map((__, party) => sumOf(pullOf(powers, affairs, territory, party))),
  );
  const isNear = powers.territories.map(({ next }) =>
    powers.parties.map(({ id }) => next.some((at) => affairs.controls[at]?.holderId === id)),
  );
  affairs.controls.forEach((control, territory) => {
    moveShares(powers, control, territory, pulls[territory] ?? [], isNear[territory] ?? []);
    const prevHolderId = control.holderId;
    const holderId = holderOf(powers, control, territory);
    if (holderId !== prevHolderId) Object.assign(control, { holderId, sinceGs: atGs });
    for (const [id, boost] of Object.entries(control.boosts)) {
      boost.by *= 0.5 ** (1 / BOOST_HALF_LIFE_DAYS);
      if (boost.by < FORGOTTEN) delete control.boosts[id];
    }
    if (holderId === prevHolderId && !isMoved(control)) return;
    control.told = { ...control.shares };
    news.push({ territory, prevHolderId });
  });
  return news;
}

function moveShares(
  { parties, territories }: Powers,
  control: RegionControl,
  territory: number,
  pulls: readonly number[],
  isNear: readonly boolean[],
): void {
  const seatOf = territories[territory]?.seatOf ?? -1;
  const there = parties.flatMap(({ id, members }, party) => {
    const share = control.shares[id] ?? 0;
    // Whoever sits there is known there, however little of it is left to them.
    const isKnown = isNear[party] === true || (members[territory] ?? 0) > 0 || party === seatOf;
    const least = isKnown ? KNOWN : 0;
    return share > 0 || isKnown
      ? [{ id, party, share: Math.max(share, least), least, pull: pulls[party] ?? 0 }]
      : [];
  });
  const all = [
    ...there,
    { id: "", party: -1, share: Math.max(KNOWN, freeShareOf(control)), least: KNOWN, pull: FREE },
  ];
  const meanPull = all.reduce((sum, { pull }) => sum + pull, 0) / all.length;
  const meanLn = all.reduce((sum, { share }) => sum + Math.log(share), 0) / all.length;
  const moved = all.map(({ share, pull, least, ...one }) => {
    const grown = Math.exp(PULL * (pull - meanPull) - MIDDLE * (Math.log(share) - meanLn));
    return { ...one, least, share: Math.max(least, share * grown) };
  });
  const kept = moved.filter(({ share, least }) => share >= FORGOTTEN || least > 0);
  const total = kept.reduce((sum, { share }) => sum + share, 0);
  const own = kept.find(({ party }) => party === seatOf && party >= 0);
  const ownShare = own === undefined ? 0 : Math.max(SEAT, own.share / total);
  const others = total - (own?.share ?? 0);
  control.shares = {};
  for (const one of kept) {
    if (one.id === "") continue;
    control.shares[one.id] = one === own ? ownShare : (one.share / others) * (1 - ownShare);
  }
}

function holderOf({ parties, territories }: Powers, control: RegionControl, territory: number): string {
  const seated = parties[territories[territory]?.seatOf ?? -1];
  if (seated !== undefined) return seated.id;

  const [first, second] = sharesOf(control);
  const leads = (first?.share ?? 0) > MOST && (first?.share ?? 0) - (second?.share ?? 0) >= LEAD;
  // Whom a pack has taken away holds nothing.
  const before = parties.some(({ id }) => id === control.holderId) ? control.holderId : "";
  return leads ? (first?.factionId ?? "") : before;
}

function isMoved({ shares, told }: RegionControl): boolean {
  const ids = new Set([...Object.keys(shares), ...Object.keys(told)]);
  return [...ids].some((id) => Math.abs((shares[id] ?? 0) - (told[id] ?? 0)) >= TOLD);
}
