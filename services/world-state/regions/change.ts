import { create } from "@bufbuild/protobuf";
import {
  DeltaOp,
  type Entity,
  type EntityKind,
  type EntityMotionInit,
  EntityMotionSchema,
  EntitySchema,
  type PropValue,
  PropValueSchema,
  type Verb,
} from "@orrery/schema/world/v1";
import { toldMotion, wholeOf } from "./motion.ts";
import { enter, leave, type RegionsContext, type RegionsWorld } from "./state.ts";
import { tell } from "./tell.ts";

/** What an entity is from now on; left out: as before. */
export interface Change {
  readonly entityId: string;
  readonly kind: EntityKind;
  readonly regionId: string;
  readonly placeId: string;
  readonly motion?: EntityMotionInit;
  /** undefined: the prop is gone. */
  readonly props?: Readonly<Record<string, PropValue | string | undefined>>;
  /** Whose doing it is, if somebody's. */
  readonly deed?: Deed;
}

export interface Deed {
  /** Empty: nobody's. */
  readonly actorId: string;
  readonly verb: Verb;
}

const textProp = (text: string): PropValue =>
  create(PropValueSchema, { value: { case: "text", value: text } });

/** Changes an entity, or makes it, and tells the region that it is in, and the one that it left. */
export function change(
  state: RegionsWorld,
  { entityId, ...to }: Change,
  atGs: number,
  ctx: RegionsContext,
): void {
  const known = state.entities.has(entityId);
  const entity = known
    ? state.entities.edit(entityId)
    : state.entities.add(entityId, create(EntitySchema, { entityId, kind: to.kind, regionId: to.regionId }));
  const before = entity.regionId;
  entity.version += 1;
  entity.placeId = to.placeId;
  if (to.motion !== undefined) entity.motion = create(EntityMotionSchema, to.motion);
  const set: Record<string, PropValue> = {};
  const unset: string[] = [];
  for (const [name, value] of Object.entries(to.props ?? {})) {
    if (value === undefined && Object.hasOwn(entity.props, name)) {
      delete entity.props[name];
      unset.push(name);
    } else if (value !== undefined)
      entity.props[name] = set[name] = typeof value === "string" ? textProp(value) : value;
  }
  if (!known) {
    enter(ctx.derived.census, to.regionId, entityId);
    tell(state, to.regionId, [{ ...wholeOf(entity), op: DeltaOp.CREATED }], atGs, ctx);
    return;
  }
  if (before !== to.regionId) {
    cross(state, entity, to.regionId, atGs, ctx);
    return;
  }
  const delta = {
    entityId,
    kind: entity.kind,
    op: to.motion === undefined ? DeltaOp.CHANGED : DeltaOp.MOVED,
    version: entity.version,
    ...(to.motion !== undefined && entity.motion && { motion: toldMotion(entity.motion) }),
    placeId: entity.placeId,
    set,
    unset,
    ...to.deed,
  };
  tell(state, to.regionId, [delta], atGs, ctx);
}

/** Whoever looks at the new region alone knows nothing of it yet; whoever looks at the old one is rid of it. */
function cross(
  state: RegionsWorld,
  entity: Entity,
  toRegionId: string,
  atGs: number,
  ctx: RegionsContext,
): void {
  const { entityId, kind, version, regionId: fromRegionId } = entity;
  leave(ctx.derived.census, fromRegionId, entityId);
  enter(ctx.derived.census, toRegionId, entityId);
  entity.regionId = toRegionId;
  const removed = { entityId, kind, version, op: DeltaOp.REMOVED, toRegionId };
  tell(state, fromRegionId, [removed], atGs, ctx);
  tell(state, toRegionId, [{ ...wholeOf(entity), op: DeltaOp.CREATED, fromRegionId }], atGs, ctx);
}

/** An entity is no more. @returns whether there was one */
export function vanish(state: RegionsWorld, entityId: string, atGs: number, ctx: RegionsContext): boolean {
  const known = state.entities.get(entityId);
  if (known === undefined) return false;
  const { kind, version, regionId } = known;
  state.entities.remove(entityId);
  leave(ctx.derived.census, regionId, entityId);
  tell(state, regionId, [{ entityId, kind, version: version + 1, op: DeltaOp.REMOVED }], atGs, ctx);
  return true;
}
