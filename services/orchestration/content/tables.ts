import type { Four } from "./stats.ts";

/** What there is of a kind of being: shares of vigor, might, guard and pace, what it has, and how it is described. */
export interface Species {
  readonly id: string;
  readonly isPerson: boolean;
  readonly weights: Four;
  readonly goods: readonly string[];
  readonly looks: readonly string[];
}

export const SPECIES: readonly Species[] = [
  {
    id: "wayfarer",
    isPerson: true,
    weights: [0.25, 0.25, 0.25, 0.25],
    goods: ["walking staff", "bread", "lantern", "letter"],
    looks: ["a worn grey cloak", "a scar over one eye", "ink on both hands", "a red kerchief"],
  },
  {
    id: "smuggler",
    isPerson: true,
    weights: [0.2, 0.25, 0.15, 0.4],
    goods: ["short blade", "rope", "sealed cask", "false papers"],
    looks: ["a tarred coat", "rings on every finger", "a quick smile", "wet boots"],
  },
  {
    id: "warden",
    isPerson: true,
    weights: [0.3, 0.25, 0.35, 0.1],
    goods: ["halberd", "keys", "horn", "whistle"],
    looks: ["a dented breastplate", "a grey beard", "a badge with a broken oak", "a limp"],
  },
  {
    id: "wolf",
    isPerson: false,
    weights: [0.25, 0.3, 0.1, 0.35],
    goods: ["pelt", "fangs"],
    looks: ["a torn ear", "a white muzzle", "ribs that show", "yellow eyes"],
  },
  {
    id: "boar",
    isPerson: false,
    weights: [0.4, 0.3, 0.2, 0.1],
    goods: ["tusks", "hide"],
    looks: ["one tusk", "a mud crust", "an old arrow in its back", "bristles like wire"],
  },
];

export const NAMES = {
  first: [
    "Al",
    "Bren",
    "Cor",
    "Dag",
    "Ed",
    "Fen",
    "Gil",
    "Has",
    "Iv",
    "Jor",
    "Kel",
    "Lor",
    "Mar",
    "Ned",
    "Os",
    "Per",
  ],
  last: ["a", "an", "eth", "ia", "in", "o", "ric", "wen", "yn", "old"],
} as const;

export const MOODS = ["calm", "weary", "restless", "merry", "afraid", "bitter"] as const;
export const PASTS = [
  "lost a farm to the flood and has not gone back",
  "was paid to look away, once, and did",
  "came over the pass with a cart that nobody asked about",
  "served the old lord until there was none",
  "knows this place from before the fire",
  "owes more than can be paid by spring",
] as const;
export const OPENINGS = {
  friendly: ["You look cold. Sit.", "Nobody has come this way for days.", "Have you news from the valley?"],
  wary: ["Stay where I can see your hands.", "Whose are you?", "That is close enough."],
  hostile: ["Turn around.", "You should not have come.", "Leave what you carry."],
} as const;
export const LINKS = [
  "carries what the other believes lost",
  "is the other's kin, and only one of them knows",
  "was paid to follow the other",
  "saw what the other did that night",
] as const;
export const WAYS_OUT = [
  "a loose board behind the shelves",
  "the ditch, when it is dark",
  "whoever gives up what they carry is let go",
  "a bell that calls the others away",
] as const;
export const ROOM_GOODS = [
  "crate",
  "hay",
  "barrel",
  "table",
  "bed",
  "coil of rope",
  "firewood",
  "chest",
] as const;
