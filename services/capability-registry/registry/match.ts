import type { Capability } from "@orrery/schema/capability/v1";
import { holds } from "../filter/evaluate.ts";
import type { Filter } from "../filter/filter.ts";
import type { Book } from "./book.ts";
import { asksCapability, costOf, lookAt } from "./fields.ts";
import { isAlive, type Live } from "./live.ts";

/** An instance that fits, with the capability that fits best. */
export interface Match {
  readonly live: Live;
  /** Undefined: the filter asks for none. */
  readonly capability: Capability | undefined;
}

/** Live instances that fit a filter; of several capabilities that do, the cheapest. */
export function* matching(book: Book, filter: Filter | undefined): Iterable<Match> {
  const asks = asksCapability(filter);
  for (const live of pool(book, filter)) {
    const match = matchOf(live, filter, asks);
    if (match !== undefined) yield match;
  }
}

export function matchOf(
  live: Live,
  filter: Filter | undefined,
  asks = asksCapability(filter),
): Match | undefined {
  if (filter === undefined || !asks)
    return filter === undefined || holds(filter, lookAt(live, undefined))
      ? { live, capability: undefined }
      : undefined;
  let best: Capability | undefined;
  for (const capability of live.registration.capabilities)
    if (holds(filter, lookAt(live, capability)) && (best === undefined || costOf(capability) < costOf(best)))
      best = capability;
  if (best !== undefined) return { live, capability: best };
  const isWithout = live.registration.capabilities.length === 0 && holds(filter, lookAt(live, undefined));
  return isWithout ? { live, capability: undefined } : undefined;
}

/** The least set that an index knows to hold all that fit. */
function pool({ index, all }: Book, filter: Filter | undefined): Iterable<Live> {
  let least: ReadonlySet<Live> | undefined;
  for (const term of conjuncts(filter)) {
    if (term.kind !== "compare" || term.by !== "=" || typeof term.value !== "string") continue;
    const set =
      term.field === "service"
        ? index.ofService(term.value)
        : term.field === "name"
          ? index.ofNamedCapability(term.value)
          : term.field === "type"
            ? index.ofCapability(term.value)
            : undefined;
    if (set !== undefined && (least === undefined || set.size < least.size)) least = set;
  }
  return least ?? alive(all());
}

function* alive(all: Iterable<Live>): Iterable<Live> {
  for (const live of all) if (isAlive(live)) yield live;
}

/** Conditions that must all hold. */
export const conjuncts = (filter: Filter | undefined): readonly Filter[] =>
  filter === undefined ? [] : filter.kind === "and" ? filter.of.flatMap(conjuncts) : [filter];
