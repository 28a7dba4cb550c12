import { Pack } from "@orrery/schema/world/v1";
import { encodeBytes } from "@orrery/wire";
import type { Parts } from "../parts.ts";
import { buildCalendar } from "./calendar.ts";
import { buildCollections } from "./collections.ts";
import { buildEconomy } from "./economy.ts";
import { buildEvents } from "./events.ts";
import { buildFactions } from "./factions.ts";
import { buildLand } from "./land.ts";
import { buildSociety } from "./society.ts";
import { buildThings } from "./things.ts";
import { buildClimates, buildWeather } from "./weather.ts";

/** The pack as a message, and its bytes. */
export function buildPack(parts: Parts): { pack: Pack; bytes: Uint8Array } {
  const bytes = encodeBytes(Pack, {
    id: parts.pack.id,
    title: parts.pack.title,
    summary: parts.pack.summary,
    gatePlaceId: parts.pack.gate ?? usualGate(parts),
    calendar: buildCalendar(parts.calendar),
    land: buildLand(parts),
    climates: buildClimates(parts.climates),
    weather: buildWeather(parts.weather),
    collections: buildCollections(parts.collections),
    society: buildSociety(parts),
    economy: buildEconomy(parts),
    factions: buildFactions(parts),
    events: buildEvents(parts),
    things: buildThings(parts),
  });
  return { pack: Pack.decode(bytes), bytes };
}

/** The first town, or whatever place is there. */
const usualGate = ({ places: { places } }: Parts): string =>
  (places.find(({ kind }) => kind === "town") ?? places[0])?.id ?? "";
