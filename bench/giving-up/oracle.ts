import type { DeadLetter } from "@orrery/bus";

/** What became of one event. */
interface Fate {
  /** Distinct events that were said because it was taken. */
  readonly said: Set<string>;
}

export interface Judgement {
  readonly events: number;
  readonly taken: number;
  readonly letters: number;
  /** Neither taken nor a letter; taken and a letter; taken or a letter more than once. */
  readonly neither: number;
  readonly both: number;
  readonly twice: number;
  /** One that is at fault, for the message. */
  readonly example: string;
}

/** Knows what was published, hears what was taken, and holds both against the open letters. */
export function createOracle() {
  const fates = new Map<string, Fate>();

  return {
    published(world: string, n: number): void {
      fates.set(`${world}/${n}`, { said: new Set() });
    },
    said(world: string, n: number, by: string): void {
      fates.get(`${world}/${n}`)?.said.add(by);
    },
    get taken() {
      let taken = 0;
      for (const { said } of fates.values()) if (said.size > 0) taken += 1;
      return taken;
    },
    get events() {
      return fates.size;
    },
    /** @param nameOf which event a letter is about */
    judge(letters: readonly DeadLetter[], nameOf: (letter: DeadLetter) => string): Judgement {
      const open = new Map<string, number>();
      for (const letter of letters) open.set(nameOf(letter), (open.get(nameOf(letter)) ?? 0) + 1);
      const sum = { neither: 0, both: 0, twice: 0 };
      let example = "";
      for (const [name, { said }] of fates) {
        const count = open.get(name) ?? 0;
        const fault =
          said.size > 1 || count > 1
            ? "twice"
            : said.size + count === 0
              ? "neither"
              : said.size + count > 1
                ? "both"
                : undefined;
        if (fault === undefined) continue;
        sum[fault] += 1;
        example ||= `${name}: said ${[...said].join(" ") || "never"}, ${count} letters`;
      }
      return { events: fates.size, taken: this.taken, letters: letters.length, ...sum, example };
    },
  };
}
