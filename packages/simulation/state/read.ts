import type { Message } from "@bufbuild/protobuf";
import type { Manifest, SegmentUse } from "@orrery/schema/simulation/v1";
import type { Personal } from "@orrery/service";
import { type Codec, OrreryError } from "@orrery/wire";
import type { Aggregate, EarlierState } from "../aggregate.ts";
import { simulationErrors } from "../errors.ts";
import { createLedger, isAlive, type Ledger } from "./ledger.ts";
import { codecOf, type Page, pagePlace, ROOT } from "./page.ts";
import { decodeSegment, type SegmentPage } from "./segment.ts";
import { emptyState, type State } from "./state.ts";
import type { KeptTable } from "./table.ts";

/** A state that is read back. */
export interface ReadState {
  readonly state: State;
  readonly ledger: Ledger;
  readonly atGs: number;
  /** Pages were written as other types: they are to be written anew. */
  readonly isMigrated: boolean;
  /** Whose values are erased. */
  readonly erased: readonly string[];
}

export interface StateReader {
  /** Takes a segment of the manifest; in any order. @throws WORLD_STATE_TYPE */
  add(use: SegmentUse, bytes: Uint8Array): Promise<void>;
  /** @throws StateTorn when what was added is not what the manifest says */
  end(): ReadState;
}

interface Read {
  /** The page as it is kept; undefined: as another type. */
  readonly kept: Page | undefined;
  readonly message: Message;
  readonly erased: readonly string[];
}

/**
 * The message that a page holds, of the aggregate's types of now.
 * WORLD_STATE_TYPE: it was written as another type, and nothing says how one becomes the other.
 */
export async function readPage(
  opener: Pick<Personal, "openMessage">,
  { state: types, earlier }: StateOf,
  page: SegmentPage,
): Promise<Read> {
  const now = codecOf(types, page.table);
  if (now === undefined)
    throw new OrreryError(simulationErrors.WORLD_STATE_TYPE, {
      given: `a state has messages in a table ${page.table}, which the aggregate does not have`,
    });
  const written = page.type === now.typeName ? undefined : earlierOf(earlier, page.type, now);
  const codec = written?.codec ?? now;
  const { bytes, erased } =
    codec.personal === undefined
      ? { bytes: page.bytes, erased: [] }
      : await opener.openMessage(codec, page.bytes, pagePlace(page.type, page));
  const message = codec.decode(bytes) as Message;
  if (written === undefined) return { kept: { ...page, bytes }, message, erased };
  return { kept: undefined, message: written.migrate(message) as Message, erased };
}

type StateOf = Pick<Aggregate, "state" | "earlier">;

/** Reads a state segment by segment. */
export function readState(
  opener: Pick<Personal, "openMessage">,
  aggregate: StateOf,
  manifest: Manifest,
): StateReader {
  const state = emptyState(aggregate.state);
  const ledger = createLedger();
  const erased = new Set<string>();
  let segments = 0;
  let isMigrated = false;

  function put({ table, id }: SegmentPage, message: Message, isNew: boolean): void {
    if (table === ROOT) {
      state.root = message;
      return;
    }
    const kept = state[table] as KeptTable;
    kept.load(id, message);
    if (isNew) kept.touch(id);
  }

  return {
    async add(use, bytes) {
      const pages = decodeSegment(bytes);
      if (pages.length !== use.pages) throw torn(`segment ${use.segment} has ${pages.length} pages`);
      const living: (Page | undefined)[] = [];
      for (const [at, one] of pages.entries()) {
        if (!isAlive(use.alive, at)) {
          living.push(undefined);
          continue;
        }
        const { kept, message, erased: gone } = await readPage(opener, aggregate, one);
        for (const subject of gone) erased.add(subject);
        isMigrated ||= kept === undefined;
        put(one, message, kept === undefined);
        living.push(kept);
      }
      ledger.load(use, living);
      segments += 1;
    },
    end() {
      if (segments !== manifest.segments.length) throw torn(`${segments} of its segments are there`);
      const { digest } = ledger.manifest(0);
      if (!isMigrated && erased.size === 0 && Buffer.compare(digest, manifest.digest) !== 0)
        throw torn("its pages are not those that were written");
      const atGs = manifest.atGs ?? Number.NEGATIVE_INFINITY;
      return { state, ledger, atGs, isMigrated, erased: [...erased] };
    },
  };
}

/** What is read is not a state that was written. */
export class StateTorn extends Error {}

const torn = (what: string) => new StateTorn(`the state is torn: ${what}`);

function earlierOf(earlier: readonly EarlierState[], type: string, now: Codec): EarlierState {
  const found = earlier.find(({ codec }) => codec.typeName === type);
  if (found !== undefined) return found;
  throw new OrreryError(simulationErrors.WORLD_STATE_TYPE, {
    given: `a state was written as ${type}, the aggregate has ${now.typeName}`,
  });
}
