import type { Category, Cost, DirectiveInit, Feature, Preset, Tag } from "@orrery/schema/capability/v1";
import { costAt, isDeprecated } from "./available.ts";
import { NONE } from "./fallbacks.ts";
import type { Offer } from "./offer.ts";
import { defaultSettings } from "./parameters.ts";

/** What is asked for. */
export interface Wish {
  readonly tags: readonly Pick<Tag, "name" | "weight">[];
  readonly category: Category;
  /** Undefined: any. */
  readonly gpuMs: number | undefined;
  readonly cpuMs: number | undefined;
  readonly memoryMb: number | undefined;
  readonly limit: number;
}

const SAME_CATEGORY = 0.2;
const DEPRECATED = 0.3;

interface Scored {
  readonly offer: Offer;
  readonly score: number;
  readonly why: string;
}

/**
 * What would suit, best first: by the tags that it shares with the wish, rare ones more, while what was chosen stays
 * within the budget. What does not fit in lets its fallbacks try. The same question of the same features has the same
 * answer; equals stand by key.
 * @param offers what the place has
 */
export function suggest(
  features: ReadonlyMap<string, Feature>,
  offers: ReadonlyMap<string, Offer>,
  preset: Preset,
  wish: Wish,
): readonly DirectiveInit[] {
  const rarity = rarityOf([...offers.values()].map(({ feature }) => feature));
  const scored = [...offers.values()].flatMap((offer) => scoredOf(offer, wish, rarity) ?? []);
  scored.sort((a, b) => b.score - a.score || (a.offer.feature.key < b.offer.feature.key ? -1 : 1));
  const chosen = new Map<string, DirectiveInit>();
  const spent = { gpuMs: 0, cpuMs: 0, memoryMb: 0 };

  function take({ offer, score, why }: Scored, instead: string): boolean {
    const cost = costAt(offer.availability, preset);
    if (!fits(spent, cost, wish)) return false;
    spent.gpuMs += cost?.gpuMs ?? 0;
    spent.cpuMs += cost?.cpuMs ?? 0;
    spent.memoryMb += cost?.memoryMb ?? 0;
    const { key } = offer.feature;
    chosen.set(key, {
      key,
      parameters: defaultSettings(offer.parameters),
      ...(cost && { cost }),
      why: instead === "" ? why : `${why}; in the place of ${instead}`,
      score,
    });
    return true;
  }

  for (const one of scored) {
    if (chosen.size >= wish.limit) break;
    const { key } = one.offer.feature;
    if (chosen.has(key) || take(one, "")) continue;
    for (const other of chainOf(features, key)) {
      const offer = offers.get(other);
      if (chosen.has(other)) break;
      if (offer !== undefined && take({ ...one, offer }, key)) break;
    }
  }
  return [...chosen.values()];
}

/** Fallbacks of a feature in the order in which they are tried, each once. */
function* chainOf(
  features: ReadonlyMap<string, Feature>,
  key: string,
  seen: Set<string> = new Set([key]),
): Iterable<string> {
  for (const next of features.get(key)?.fallbacks ?? []) {
    if (next === NONE) return;
    if (seen.has(next)) continue;
    seen.add(next);
    yield next;
    yield* chainOf(features, next, seen);
  }
}

/** How much a tag tells: less, the more features have it. */
function rarityOf(features: readonly Feature[]): (tag: string) => number {
  const counts = new Map<string, number>();
  for (const { tags } of features) for (const { name } of tags) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (tag) => Math.log(1 + features.length / (counts.get(tag) ?? 1));
}

function scoredOf(offer: Offer, wish: Wish, rarity: (tag: string) => number): Scored | undefined {
  const { feature, availability, version } = offer;
  const shared = feature.tags.flatMap(({ name, weight }) => {
    const wanted = wish.tags.find((tag) => tag.name === name);
    const share = Math.min(weight, wanted?.weight ?? 0) * rarity(name);
    return share > 0 ? [{ name, share }] : [];
  });
  if (shared.length === 0) return undefined;
  let score = shared.reduce((sum, { share }) => sum + share, 0);
  if (feature.category === wish.category) score += SAME_CATEGORY;
  if (isDeprecated(availability, version)) score -= DEPRECATED;
  if (score <= 0) return undefined;
  const why = shared
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
    .map(({ name, share }) => `${name} ${share.toFixed(2)}`)
    .join(", ");
  return { offer, score, why };
}

type Spent = Readonly<Record<"gpuMs" | "cpuMs" | "memoryMb", number>>;

function fits(spent: Spent, cost: Cost | undefined, wish: Wish): boolean {
  const within = (before: number, more = 0, most = Number.POSITIVE_INFINITY) => before + more <= most;
  return (
    within(spent.gpuMs, cost?.gpuMs, wish.gpuMs) &&
    within(spent.cpuMs, cost?.cpuMs, wish.cpuMs) &&
    within(spent.memoryMb, cost?.memoryMb, wish.memoryMb)
  );
}
