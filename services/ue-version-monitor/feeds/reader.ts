import type { KeptReadingInit, KeptReading } from "@orrery/schema/engine/v1";
import type { MessageOf } from "@orrery/wire";
import type { Entry } from "../sightings/entry.ts";
import type { WatchedSource } from "../subjects/read.ts";
import type { Get } from "./request.ts";

export type Kept = MessageOf<typeof KeptReading>;

/** What a reader is given. */
export interface Ask {
  readonly source: WatchedSource;
  /** What it was answered last; undefined: it has never been read. */
  readonly before: Kept | undefined;
  /** Where files lie. */
  readonly folder: string;
  readonly get: Get;
}

/** What a source answered, when it could be read. */
export interface Answer {
  /** Nothing is another than it was. */
  readonly unchanged: boolean;
  readonly entries: readonly Entry[];
  /** It lists all that there is. */
  readonly whole: boolean;
  readonly kept: KeptReadingInit;
}

/** How one kind of source is read. @throws what `get` throws, ENGINE_FEED */
export type Reader = (ask: Ask) => Promise<Answer>;

/** Everything but the notes, which stand elsewhere. */
export const keptEntry = ({ notes: _notes, ...entry }: Entry) => entry;
