import type { Mind } from "@orrery/schema/npc/v1";
import { type Fact, SpeechAct } from "@orrery/schema/world/v1";
import type { Random } from "@orrery/simulation/define";
import { isGuest, STRANGER } from "../players/guests.ts";
import { PACK } from "../state.ts";
import type { Turn } from "../turn/turn.ts";

export interface Line {
  readonly lineKey: string;
  readonly text: string;
}

interface Asked {
  readonly act: SpeechAct;
  readonly to: Pick<Mind, "name" | "householdId">;
  /** Of gossip, and of an answer to it. */
  readonly fact?: Fact;
  readonly random: Random;
}

type Around = Pick<Turn, "state" | "standing">;

/** Words for an act, in the common tongue; undefined: the pack has none, and nothing is said. */
export function lineFor(around: Around, { act, to, fact, random }: Asked): Line | undefined {
  const { society } = around.standing.country;
  const fitting = society.lines(act, fact?.predicate);
  // An answer that fits anything is better than none.
  const lines = fitting.length > 0 || act !== SpeechAct.ANSWER ? fitting : society.lines(act);
  if (lines.length === 0) return undefined;
  const { id, text } = random.pick(lines);
  return { lineKey: id, text: filled(text, { to: calledBy(around, to), ...namesIn(around, fact) }) };
}

/** Somebody's own name, without that of their household. */
function calledBy({ state }: Around, { name, householdId }: Asked["to"]): string {
  const households = state.surroundings.get(PACK)?.society?.households ?? [];
  const family = households.find(({ id }) => id === householdId)?.name ?? "";
  return family !== "" && name.endsWith(` ${family}`) ? name.slice(0, -family.length - 1) : name;
}

/** A fact in the words of the pack, for whoever reads it; "" where it has none. */
export function factInWords(around: Around, fact: Fact | undefined, act: SpeechAct): string {
  const [line] = fact === undefined ? [] : around.standing.country.society.lines(act, fact.predicate);
  return line === undefined ? "" : filled(line.text, namesIn(around, fact));
}

/** What is called how by people: persons, goods, lands, roads, places, factions. */
export function nameIn({ state, standing }: Around, id: string): string {
  if (isGuest(id)) return STRANGER;
  const names = state.surroundings.get(PACK)?.names ?? {};
  return (
    state.minds.get(id)?.name ??
    state.late.get(id)?.name ??
    (Object.hasOwn(names, id) ? names[id] : undefined) ??
    standing.country.atlas.place(id)?.name ??
    id
  );
}

function namesIn(around: Around, fact: Fact | undefined): Readonly<Record<string, string>> {
  const { subject = "", object = "", place = "" } = fact ?? {};
  return { subject: nameIn(around, subject), object: nameIn(around, object), place: nameIn(around, place) };
}

/** The first letter is large, whatever stands there. */
function filled(text: string, names: Readonly<Record<string, string>>): string {
  const words = text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(names, name) ? (names[name] ?? "") : whole,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}
