import {
  type Entity,
  type EntityChange,
  EntityKind,
  type PropValue,
  PropValueSchema,
  type UpsertEntitiesRequest,
  type UpsertEntitiesResponseInit,
} from "@orrery/schema/world/v1";
import { toBinary } from "@bufbuild/protobuf";
import type { DeepReadonly } from "@orrery/simulation/define";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { change, vanish } from "./change.ts";
import type { RegionsContext, RegionsWorld } from "./state.ts";

const MOST_CHANGES = 100;
const [MOST_PROPS, MOST_BYTES] = [64, 16 * 1024];
const KINDS: ReadonlyMap<string, EntityKind> = new Map([
  ["npc", EntityKind.NPC],
  ["player", EntityKind.PLAYER],
  ["object", EntityKind.OBJECT],
  ["faction", EntityKind.FACTION],
  ["place", EntityKind.PLACE],
]);
const ID = /^(npc|player|object|faction|place):[a-z0-9_-]{1,80}$/;
const PROP = /^[a-z]+\.[a-z0-9]+([._-][a-z0-9]+)*$/;
/** Whose props of a prefix are. Operators write what is the world's own. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["npc-behavior", "npc."],
  ["quest-system", "quest."],
  ["story-teller", "story."],
  ["environmental-narrative", "scene."],
]);
const OPERATORS_PREFIX = "world.";

const refused = (given: string) => new OrreryError(worldStateErrors.WORLD_ENTITY_CHANGE, { given });

/**
 * Changes entities, all of them or none.
 * @throws WORLD_ENTITY_CHANGE, WORLD_PROP_NOT_YOURS, WORLD_VERSION_CONFLICT with each loser and its version, WORLD_ENTITY_TOO_LARGE
 */
export function upsert(
  state: RegionsWorld,
  { changes }: UpsertEntitiesRequest,
  ctx: RegionsContext,
): UpsertEntitiesResponseInit {
  if (changes.length < 1 || changes.length > MOST_CHANGES) throw refused(`${changes.length} changes`);
  const seen = new Set<string>();
  for (const one of changes) {
    if (seen.has(one.entityId)) throw refused(`${one.entityId} twice`);
    seen.add(one.entityId);
    check(state, one, PREFIXES.get(ctx.by) ?? OPERATORS_PREFIX);
  }
  const losers = changes
    .map(({ entityId, expectedVersion }) => ({ entityId, expectedVersion, is: versionOf(state, entityId) }))
    .filter(({ expectedVersion, is }) => expectedVersion !== is);
  if (losers.length > 0)
    throw new OrreryError(worldStateErrors.WORLD_VERSION_CONFLICT, {
      given: losers.map(({ entityId, is }) => `${entityId} is at ${is}`).join(", "),
    });
  return { versions: changes.map((one) => apply(state, one, ctx)) };
}

const versionOf = ({ entities }: RegionsWorld, id: string): number => entities.get(id)?.version ?? 0;
const kindOf = (id: string): EntityKind => KINDS.get(id.slice(0, id.indexOf(":"))) ?? EntityKind.UNSPECIFIED;

function check({ entities }: RegionsWorld, one: EntityChange, prefix: string): void {
  const { entityId, set, unset, remove, regionId } = one;
  if (!ID.test(entityId)) throw refused(entityId);
  const known = entities.get(entityId);
  if (remove && kindOf(entityId) !== EntityKind.OBJECT) throw refused(`${entityId} cannot be removed`);
  if (known === undefined && one.expectedVersion === 0 && !remove && regionId === "")
    throw refused(`${entityId} is new, and nowhere`);
  for (const name of [...Object.keys(set), ...unset]) {
    if (!name.startsWith(prefix))
      throw new OrreryError(worldStateErrors.WORLD_PROP_NOT_YOURS, { given: `${name} of ${entityId}` });
    if (!PROP.test(name)) throw refused(`${name} of ${entityId}`);
  }
  const props = propsAfter(known, one);
  const bytes = props.reduce((sum, [name, value]) => sum + name.length + sizeOf(value), 0);
  if (props.length > MOST_PROPS || bytes > MOST_BYTES)
    throw new OrreryError(worldStateErrors.WORLD_ENTITY_TOO_LARGE, {
      given: `${entityId}: ${props.length} props, ${bytes} bytes`,
    });
}

const sizeOf = (value: PropValue): number => toBinary(PropValueSchema, value).length;

function propsAfter(
  known: DeepReadonly<Entity> | undefined,
  { set, unset }: EntityChange,
): readonly (readonly [string, PropValue])[] {
  const gone = new Set([...unset, ...Object.keys(set)]);
  const kept = Object.entries((known?.props ?? {}) as Entity["props"]).filter(([name]) => !gone.has(name));
  return [...kept, ...Object.entries(set)];
}

function apply(
  state: RegionsWorld,
  { entityId, regionId, placeId, set, unset, remove }: EntityChange,
  ctx: RegionsContext,
): number {
  const atGs = state.root.drainedGs;
  const known = state.entities.get(entityId);
  const kind = kindOf(entityId);
  if (remove) {
    vanish(state, entityId, atGs, ctx);
    return 0;
  }
  const props = { ...Object.fromEntries(unset.map((name) => [name, undefined])), ...set };
  const to = {
    ...{ entityId, kind, props },
    regionId: regionId || (known?.regionId ?? ""),
    placeId: regionId === "" && placeId === "" ? (known?.placeId ?? "") : placeId,
  };
  change(state, to, atGs, ctx);
  return versionOf(state, entityId);
}
