import {
  type ActRequest,
  type ActResponseInit,
  type Entity,
  EntityKind,
  Verb,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../errors.ts";
import { entityIdOf } from "../player-id.ts";
import { bar, keptFromBarring, unbar } from "./bars.ts";
import { actOn, BARRED, COUNT, flag, number, OPEN, RUNG, wordOf } from "./deeds.ts";
import { hasOf, setHas } from "./hands.ts";
import { shown } from "./shown.ts";
import type { RegionsContext, RegionsWorld } from "./state.ts";
import { thingOf } from "./things.ts";

/** It sounds for so long. */
const SOUNDS_GS = 300;
/** So many of one thing a player takes. */
const MOST_TAKEN = 4;

/**
 * A player does something with a thing that is where they are.
 * @throws WORLD_UNKNOWN_ENTITY; WORLD_ACT_REFUSED with what stands in the way
 */
export function act(
  state: RegionsWorld,
  { playerId, verb, thingId }: Pick<ActRequest, "playerId" | "verb" | "thingId">,
  ctx: RegionsContext,
): ActResponseInit {
  const entity = state.entities.get(thingId);
  if (entity === undefined) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_ENTITY, { given: thingId });
  const refuse = (why: string) =>
    new OrreryError(worldStateErrors.WORLD_ACT_REFUSED, { given: `${thingId}: ${why}` });
  const actorId = entityIdOf(playerId);
  const player = state.entities.get(actorId);
  if (player?.props["world.present"] === undefined) throw refuse("you are not in the world");
  const { placeId, regionId, props } = entity;
  if (placeId === "" || player.placeId !== placeId)
    throw refuse(player.placeId === "" ? "you are on the way" : `it is at ${placeId}, and you are not`);
  const thing = entity.kind === EntityKind.OBJECT ? thingOf(state, thingId) : undefined;
  if (thing === undefined || !thing.verbs.includes(verb)) {
    const known = thing?.verbs.map((one) => wordOf(one)).join(", ") ?? "nothing";
    throw refuse(`it does not know ${wordOf(verb)}, but ${known}`);
  }

  const nowGs = state.root.drainedGs;
  const is = (prop: string) => props[prop]?.value.value;
  const there = { placeId, regionId };
  const does = (changed: Entity["props"] = {}, told = {}) =>
    actOn(state, thingId, { actorId, verb, props: changed }, { ...there, ...told }, nowGs, ctx);
  const answer = (more: Pick<ActResponseInit, "text" | "opensGs" | "has"> = {}): ActResponseInit => ({
    thing: shown(state.entities.get(thingId) as Entity),
    ...more,
  });

  switch (verb) {
    case Verb.OPEN:
      if (is(OPEN) === true) throw refuse("it is open already");
      if (is(BARRED) === true) throw refuse("it is barred");
      does({ [OPEN]: flag(true) });
      return answer();
    case Verb.CLOSE:
      if (is(OPEN) !== true) throw refuse("it is closed already");
      does({ [OPEN]: flag(false) });
      return answer();
    case Verb.BAR: {
      const kept = is(OPEN) === true ? "it stands open" : keptFromBarring(state, thingId, actorId, nowGs);
      if (kept !== undefined || thing.barring === undefined) throw refuse(kept ?? "it bars nothing");
      const opensGs = bar(state, thingId, thing.barring, { ...there, playerId: actorId }, ctx);
      return answer({ opensGs });
    }
    case Verb.UNBAR:
      if (is(BARRED) !== true) throw refuse("it is not barred");
      unbar(state, thingId, actorId, nowGs, ctx);
      return answer();
    case Verb.RING: {
      const rungGs = is(RUNG);
      if (typeof rungGs === "number" && nowGs - rungGs < SOUNDS_GS) throw refuse("it still sounds");
      does({ [RUNG]: number(nowGs) }, { heardM: thing.heardM });
      return answer();
    }
    case Verb.TAKE: {
      const [left, has] = [Number(is(COUNT) ?? 0), hasOf(state, actorId, thingId)];
      if (left < 1) throw refuse("none is left");
      if (has >= MOST_TAKEN) throw refuse(`you have ${has} of it already`);
      setHas(state, actorId, thingId, has + 1);
      does({ [COUNT]: number(left - 1) });
      return answer({ has: has + 1 });
    }
    case Verb.PUT: {
      const [left, has] = [Number(is(COUNT) ?? 0), hasOf(state, actorId, thingId)];
      if (has < 1) throw refuse("you have none of it");
      setHas(state, actorId, thingId, has - 1);
      does({ [COUNT]: number(left + 1) });
      return answer({ has: has - 1 });
    }
    default:
      does();
      return answer({ text: thing.used });
  }
}
