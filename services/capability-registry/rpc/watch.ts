import type { WatchRequest, WatchResponse } from "@orrery/schema/capability/v1";
import type { Call } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { instanceOf } from "../registry/kept.ts";
import { isAlive, type Live } from "../registry/live.ts";
import { matching, matchOf } from "../registry/match.ts";
import { instances } from "../registry/part.ts";

const HEARTBEAT_MS = 5_000;
/** Changes that come together are told together. */
const GATHER_MS = 20;

/**
 * The instances that fit, then each change, whole: applied in their order they give what a snapshot would. A watcher
 * that was away goes on where it was, if the registry's memory reaches back that far.
 */
export async function* watch(
  { filter: text, epoch, fromRevision }: WatchRequest,
  call: Call,
): AsyncGenerator<InitOf<typeof WatchResponse>> {
  const filter = call.part(instances).filter(text);
  const { registry } = call.part(instances);
  const { book, feed } = registry;
  const shown = (live: Live) => instanceOf(live, book.leases, registry.offset());
  const fits = (live: Live) => isAlive(live) && matchOf(live, filter) !== undefined;
  let at = fromRevision;
  if (feed.after(epoch, fromRevision) === undefined || fromRevision > book.revision) {
    at = book.revision;
    const found = [...matching(book, filter)].map(({ live }) => shown(live));
    yield { snapshot: true, instances: found, revision: at, epoch: feed.epoch };
  }
  while (!call.signal.aborted && call.part(instances).active && call.part(instances).registry === registry) {
    const next = feed.next();
    try {
      if (at === book.revision) await either(call, next.come);
    } finally {
      next.cancel();
    }
    if (call.signal.aborted) return;
    const changed = feed.after(feed.epoch, at);
    // So far behind that a snapshot is less: it begins anew.
    if (changed === undefined) return;
    at = book.revision;
    const found = [...changed].filter(fits).map(shown);
    const gone = [...changed].filter((live) => !fits(live)).map(({ id }) => id);
    yield { instances: found, gone, revision: at, epoch: feed.epoch };
    await call.kit.clock.sleep(GATHER_MS, call.signal);
  }
}

/** What comes first: a change, or the time for a heartbeat. */
async function either({ kit, signal }: Call, come: Promise<void>): Promise<void> {
  const waited = new AbortController();
  await Promise.race([come, kit.clock.sleep(HEARTBEAT_MS, AbortSignal.any([signal, waited.signal]))]);
  waited.abort();
}
