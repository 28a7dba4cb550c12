import {
  type Being,
  type BeingInit,
  type ContentDocument,
  type CoordinationInit,
  Stance,
} from "@orrery/schema/orchestration/v1";
import type { Streams } from "@orrery/simulation";
import { OUT } from "./foundation.ts";
import { LINKS, MOODS, NAMES, OPENINGS, PASTS, SPECIES, WAYS_OUT } from "./tables.ts";

/** People who speak first, at most. */
const SPEAKERS_MOST = 8;

const speciesOf = (being: Being) => SPECIES.find(({ id }) => id === being.species);

/** Names, looks, a past and a mood. */
export function customization({ beings }: ContentDocument, streams: Streams): BeingInit[] {
  return beings.map((being, at) => {
    const random = streams.stream("customization", at);
    const species = speciesOf(being);
    const name = random.pick(NAMES.first) + random.pick(NAMES.last);
    return {
      beingId: being.beingId,
      name: species?.isPerson ? name : `the ${being.species}`,
      looks: random.pick(species?.looks ?? [""]),
      history: species?.isPerson ? `${name} ${random.pick(PASTS)}.` : "",
      mood: random.pick(MOODS),
    };
  });
}

/** How whoever is there meets who comes: the more dangerous, the less friendly. */
export function interaction({ beings }: ContentDocument, streams: Streams): BeingInit[] {
  return beings.slice(0, SPEAKERS_MOST).map((being, at) => {
    const random = streams.stream("interaction", at);
    const edge = being.threat + 0.4 * (random.uniform() - 0.5);
    const stance = edge < 0.3 ? Stance.FRIENDLY : edge < 0.55 ? Stance.WARY : Stance.HOSTILE;
    const words = { 1: OPENINGS.friendly, 2: OPENINGS.wary, 3: OPENINGS.hostile }[stance];
    return { beingId: being.beingId, stance, opening: speciesOf(being)?.isPerson ? random.pick(words) : "" };
  });
}

/** Tension, one hidden link and one way out. */
export function coordination({ beings, rooms }: ContentDocument, streams: Streams): CoordinationInit {
  const random = streams.stream("coordination");
  const threat = beings.reduce((sum, being) => sum + being.threat, 0) / Math.max(1, beings.length);
  const tension = Math.min(1, threat + 0.05 * (beings.length - 1));
  const open = rooms.find(({ exits }) => exits.includes(OUT)) ?? rooms[0];
  const away = { tension, wayOutRoom: open?.roomId ?? "", wayOut: random.pick(WAYS_OUT) };
  const people = beings.filter((being) => speciesOf(being)?.isPerson);
  if (people.length < 2) return away;
  const from = random.int(people.length);
  const to = (from + 1 + random.int(people.length - 1)) % people.length;
  return {
    ...away,
    linkFrom: people[from]?.beingId ?? "",
    linkTo: people[to]?.beingId ?? "",
    link: random.pick(LINKS),
  };
}
