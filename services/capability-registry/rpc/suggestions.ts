import { type CheckRequest, Preset, type SuggestRequest, type Tag } from "@orrery/schema/capability/v1";
import { type Call, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { check as checkOne } from "../catalogue/check.ts";
import { catalogue } from "../catalogue/part.ts";
import { suggest as suggestSome } from "../catalogue/suggest.ts";
import { tagsIn } from "../catalogue/understand.ts";
import { checkCount } from "./caller.ts";
import { placeOf } from "./place.ts";

const MOST = { directives: 10, tags: 64, text: 2_000, checked: 64 };

export async function suggest(request: SuggestRequest, call: Call) {
  const { state } = call.part(catalogue);
  const { tags: given, text, category, budget, limit, target } = request;
  checkCount("limit", limit, MOST.directives, 0);
  checkCount("tags", given.length, MOST.tags, 0);
  checkCount("text", text.length, MOST.text, 0);
  for (const { name, weight } of given)
    if (!(weight >= 0 && weight <= 1))
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
        given: `the weight of ${name.slice(0, 70)} is 0 to 1`,
      });
  for (const [name, value] of Object.entries(budget ?? {}))
    if (typeof value === "number" && !(value >= 0))
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `budget.${name} is from 0 on` });
  const place = await placeOf(state, target, call);
  const understood = tagsIn(text, state.keywords);
  const wish = {
    tags: heaviest([...given, ...understood]),
    category,
    gpuMs: budget?.gpuMs,
    cpuMs: budget?.cpuMs,
    memoryMb: budget?.memoryMb,
    limit: limit || MOST.directives,
  };
  return {
    directives: [...suggestSome(state.features, state.offers(place), place.preset ?? Preset.MEDIUM, wish)],
    understood: [...understood],
    catalogueRevision: state.revision,
  };
}

export async function check({ target, directives }: CheckRequest, call: Call) {
  const { state } = call.part(catalogue);
  checkCount("directives", directives.length, MOST.checked, 0);
  const place = await placeOf(state, target, call);
  const results = directives.map((directive) => checkOne(state.features, place, directive));
  return { ok: results.every(({ ok }) => ok), results, catalogueRevision: state.revision };
}

/** Each tag once, with the most that was said of it. */
function heaviest(tags: readonly Pick<Tag, "name" | "weight">[]) {
  const weights = new Map<string, number>();
  for (const { name, weight } of tags) weights.set(name, Math.max(weight, weights.get(name) ?? 0));
  return [...weights].map(([name, weight]) => ({ name, weight }));
}
