import type { EventFilter } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { matchesType } from "@orrery/service";
import { type FrameEvent, OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { entityFieldsOf } from "./index-frame.ts";

/** Whether one event fits; frames are found by the index first. Cheap conditions are held first: most events fail one. */
export type Fits = (event: FrameEvent, service: string) => boolean;

const GLOB = /^[a-z0-9_.A-Z]*\*?$/;

/** @throws BUS_BAD_FILTER */
export function fitsFilter(filter: EventFilter | undefined): Fits {
  if (filter === undefined) return () => true;
  const { types, keys, entities, services, fromMs, toMs, fromGs, toGs } = filter;
  const bad = types.findIndex((type) => !GLOB.test(type));
  if (bad >= 0)
    throw new OrreryError(journalErrors.BUS_BAD_FILTER, { given: `types[${bad}]: ${types[bad]}` });
  if (toMs !== 0 && toMs <= fromMs)
    throw new OrreryError(journalErrors.BUS_BAD_FILTER, {
      given: `to_ms ${toMs} is not after from_ms ${fromMs}`,
    });
  const inGameTime = (event: FrameEvent) => {
    if (fromGs === undefined && toGs === undefined) return true;
    const atGs = gameSecondOf(event);
    return atGs !== undefined && atGs >= (fromGs ?? atGs) && atGs < (toGs ?? Number.POSITIVE_INFINITY);
  };
  return (event, service) =>
    (types.length === 0 || types.some((type) => matchesType(type, event.type))) &&
    (keys.length === 0 || keys.includes(event.key)) &&
    (services.length === 0 || services.includes(service)) &&
    event.timeMs >= fromMs &&
    (toMs === 0 || event.timeMs < toMs) &&
    inGameTime(event) &&
    (entities.length === 0 || mentions(event, entities));
}

/** The game second that an event tells; undefined when it tells none or cannot be read. */
function gameSecondOf(event: FrameEvent): number | undefined {
  const codec = codecs.get(event.type);
  if (codec === undefined) return undefined;
  try {
    return (event.view(codec) as { atGs?: number }).atGs;
  } catch {
    return undefined;
  }
}

function mentions(event: FrameEvent, entities: readonly string[]): boolean {
  if (entities.includes(event.key)) return true;
  const codec = codecs.get(event.type);
  if (codec === undefined) return false;
  try {
    const view = event.view(codec) as Record<string, unknown>;
    return entityFieldsOf(codec).some((field) => {
      const value = view[field];
      return Array.isArray(value)
        ? value.some((one) => entities.includes(String(one)))
        : entities.includes(String(value));
    });
  } catch {
    return false;
  }
}
