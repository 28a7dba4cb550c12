import { JournalService, Order } from "@orrery/schema/bus/v1";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { Kit } from "../kit.ts";

const ASK_EVERY_MS = 200;
/** The journal is behind by less than this, or something is wrong with it. */
const KEPT_WITHIN_MS = 60_000;
/** Streams of one question. */
const STREAMS = 500;

/** Resolves when the journal has all that was published before this moment, Unix ms. @throws PROJECTION_JOURNAL_BEHIND */
export async function untilKept(kit: Kit, worldId: string, ms: number, signal: AbortSignal): Promise<void> {
  const journal = kit.client(JournalService);
  const untilMs = kit.clock.now() + KEPT_WITHIN_MS;
  while ((await journal.heads({ worldId }, { signal })).keptUntilMs <= ms) {
    signal.throwIfAborted();
    if (kit.clock.now() > untilMs)
      throw new OrreryError(serviceErrors.PROJECTION_JOURNAL_BEHIND, { given: worldId });
    await kit.clock.sleep(ASK_EVERY_MS, signal);
  }
}

/** A stream under all names that it had: of a shard the last part says which lane, and since when. */
function streamOf(publisher: string): string {
  const parts = publisher.split("/");
  const last = parts.pop() ?? "";
  return parts.length < 4 ? publisher : [...parts, last.slice(0, 1)].join("/");
}

/**
 * Looks whether the journal has all that was ever said of these types in a world. What was taken out of a stream has no type
 * any more: a hole counts when the stream is one that says them, or when nothing of them is left at all.
 * @throws PROJECTION_NOT_REACHED with the moment from which on it has
 */
export async function checkReach(kit: Kit, worldId: string, types: readonly string[]): Promise<void> {
  const journal = kit.client(JournalService);
  const { heads } = await journal.heads({ worldId });
  const asked = { worldId, filter: { types: [...types] }, pageSize: 1_000 };
  const { events } = await journal.query(asked);
  const newest = await journal.query({ ...asked, order: Order.NEWEST_FIRST });
  const sayers = new Set([...events, ...newest.events].map(({ id }) => streamOf(id?.publisher ?? "")));
  const own = heads.filter(
    ({ publisher, sequence }) => sequence > 0 && (sayers.size === 0 || sayers.has(streamOf(publisher))),
  );
  for (let at = 0; at < own.length; at += STREAMS) {
    let stretches = own
      .slice(at, at + STREAMS)
      .map(({ publisher, sequence: until }) => ({ publisher, after: 0, until, fromMs: 0 }));
    while (stretches.length > 0) {
      const found = await journal.frames({ worldId, types: [...types], stretches, maxBytes: 1 });
      if (found.lost.length > 0) throw notReached(worldId, found.lost, events[0]);
      // Further back.
      stretches = found.here
        .filter(({ after }) => after > 0)
        .map(({ publisher, after }) => ({ publisher, after: 0, until: after, fromMs: 0 }));
    }
  }
}

function notReached(
  world: string,
  lost: readonly string[],
  oldest: { readonly atGs?: number | undefined; readonly timeMs: number } | undefined,
): OrreryError {
  const from =
    oldest === undefined
      ? "it has none of these events"
      : `it has them from ${new Date(oldest.timeMs).toISOString()}${oldest.atGs === undefined ? "" : ` (game second ${oldest.atGs})`} on`;
  return new OrreryError(serviceErrors.PROJECTION_NOT_REACHED, {
    given: `${world}, ${lost.join(", ")}: ${from}`,
  });
}
