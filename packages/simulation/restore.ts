import { Manifest } from "@orrery/schema/simulation/v1";
import type { KitTables } from "@orrery/service";
import type { Keeping } from "./keeping.ts";
import type { Begun } from "./recover.ts";
import { segmentBytes } from "./segment-bytes.ts";
import type { LiveSegment } from "./state/ledger.ts";
import { type PageName, ROOT } from "./state/page.ts";
import { readPage } from "./state/read.ts";
import { decodeSegment } from "./state/segment.ts";
import { type State, tablesOf } from "./state/state.ts";
import type { KeptTable } from "./state/table.ts";
import type { Written } from "./written.ts";

/** A page, and its place in a segment. */
type Wanted = PageName & { readonly at: number };

/**
 * A torn state put back to its last cut: what was touched since is read again, and the rest stays as it is, so that one
 * handler that dies does not cost the reading of a whole crowd.
 * @returns undefined when it has to be read as a whole
 */
export async function backToCut(
  { kit, part, aggregate }: Keeping,
  { facts, shard, ledger }: Written,
  { manifest: bytes, progress }: KitTables["cut"],
): Promise<Begun | undefined> {
  const manifest = Manifest.decode(bytes);
  const atGs = manifest.atGs ?? Number.NEGATIVE_INFINITY;
  // A cut that failed has left it without knowing where its pages are.
  if (Buffer.compare(ledger.manifest(atGs).digest, manifest.digest) !== 0) return undefined;
  const state = shard.state as State;
  const tables = new Map<string, KeptTable>(tablesOf(aggregate.state, state));
  const wanted = new Map<LiveSegment, Wanted[]>();

  function want(page: PageName): boolean {
    const place = ledger.placeOf(page);
    if (place === undefined) return false;
    wanted.set(place.segment, [...(wanted.get(place.segment) ?? []), { ...page, at: place.at }]);
    return true;
  }

  want({ table: ROOT, id: ROOT });
  for (const [name, table] of tables)
    for (const id of table.takeTouched()) if (!want({ table: name, id })) table.discard(id);
  try {
    for (const [segment, names] of wanted) await restore(segment, names);
  } catch (error) {
    // The next try has to know them too.
    for (const { table, id } of [...wanted.values()].flat()) tables.get(table)?.touch(id);
    throw error;
  }
  return { progress, state, ledger, atGs, isMigrated: false };

  async function restore({ id: segment, world }: LiveSegment, names: readonly Wanted[]) {
    const pages = decodeSegment(await segmentBytes(kit.store, part, world || facts.world, segment));
    for (const { table, id, at } of names) {
      const page = pages[at];
      if (page === undefined) throw new Error(`segment ${segment} has no page ${at}`);
      const { message } = await readPage(kit.personal, aggregate, page);
      if (table === ROOT) state.root = message;
      else tables.get(table)?.load(id, message);
    }
  }
}
