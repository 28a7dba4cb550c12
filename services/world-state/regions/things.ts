import { equals } from "@bufbuild/protobuf";
import { EntityKind, type PropValue, type Thing, ThingSchema, Verb } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { dropBar } from "./bars.ts";
import { change, vanish } from "./change.ts";
import { BARRED, COUNT, flag, number, OPEN, RUNG, wordOf } from "./deeds.ts";
import { takenOf, throwAway } from "./hands.ts";
import { PACK, type RegionsContext, type RegionsWorld } from "./state.ts";

/** A thing of the pack; undefined: the pack says nothing of it. */
export const thingOf = ({ grounds }: RegionsWorld, id: string): DeepReadonly<Thing> | undefined =>
  grounds.get(PACK)?.things.find((thing) => thing.id === id);

/** Brings what stands in a world to what its pack says: what is new comes, what is gone goes, and what stays keeps the state that it is in. */
export function place(
  state: RegionsWorld,
  before: readonly DeepReadonly<Thing>[],
  atGs: number,
  ctx: RegionsContext,
): void {
  const was = new Map(before.map((thing) => [thing.id, thing]));
  const things = (state.grounds.get(PACK)?.things ?? []) as readonly Thing[];
  const is = new Set(things.map(({ id }) => id));
  for (const { id } of before)
    if (!is.has(id)) {
      dropBar(state, id, atGs, ctx);
      throwAway(state, id);
      vanish(state, id, atGs, ctx);
    }
  for (const thing of things) {
    const known = was.get(thing.id);
    if (known === undefined || !equals(ThingSchema, known as Thing, thing))
      put(state, thing, known, atGs, ctx);
  }
}

function put(
  state: RegionsWorld,
  thing: Thing,
  before: DeepReadonly<Thing> | undefined,
  atGs: number,
  ctx: RegionsContext,
): void {
  const { id: entityId, placeId, name, seen, verbs, open, count, barring } = thing;
  const at = ctx.derived.atlas.place(placeId);
  if (at === undefined) return;
  const isOther =
    before !== undefined && (before.placeId !== placeId || before.barring?.routeId !== barring?.routeId);
  if (isOther) dropBar(state, entityId, atGs, ctx);
  const now = state.entities.get(entityId)?.props ?? {};
  /** What a thing was before an edit it is after it, where it still can be. */
  const keep = (prop: string, first: PropValue) =>
    before === undefined ? first : ((now[prop] as PropValue) ?? first);
  const props = {
    "world.name": name,
    "world.seen": seen,
    "world.verbs": verbs.map(wordOf).join(" "),
    [OPEN]: verbs.includes(Verb.OPEN) ? keep(OPEN, flag(open)) : undefined,
    [BARRED]: verbs.includes(Verb.BAR) ? keep(BARRED, flag(false)) : undefined,
    [COUNT]: count > 0 ? number(Math.max(0, count - takenOf(state, entityId))) : undefined,
    ...(!verbs.includes(Verb.RING) && { [RUNG]: undefined }),
  };
  const [x, y] = at.spot;
  const motion = { xM: x, yM: y, toXM: x, toYM: y, departGs: atGs, arriveGs: atGs };
  change(
    state,
    { entityId, kind: EntityKind.OBJECT, regionId: at.regionId, placeId, motion, props },
    atGs,
    ctx,
  );
}
