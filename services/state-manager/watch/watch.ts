import type { WatchRequest, WatchResponse } from "@orrery/schema/state/v1";
import { ReadAccess } from "@orrery/schema/state/v1";
import type { Call } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { collections } from "../collections/part.ts";
import { stateErrors } from "../errors.ts";
import { objects } from "../objects.ts";
import { listObjects } from "../read/list-objects.ts";
import { type Scope, scopeOf } from "../read/visible.ts";
import type { StateTables } from "../tables.ts";
import { type Head, headName } from "../write/ground.ts";
import type { Told } from "./feed.ts";
import { fromHistory } from "./from-history.ts";

const HEARTBEAT_MS = 5_000;
const PAGE = 500;
const FORM = { fields: [], asJson: false };

/**
 * Exactly the changes after a seq that match and may be read, in order, without a gap or a repeat. A watcher who fell
 * so far behind that neither memory nor 24 h of history reaches it is told to resync.
 * @throws STATE_CURSOR_TOO_OLD at the beginning
 */
export async function* watch(
  request: WatchRequest,
  call: Call,
): AsyncGenerator<InitOf<typeof WatchResponse>> {
  const { worldId, collection: name, owner, keyPrefix } = request;
  const owned = call.part(objects);
  const collection = call.part(collections).get(worldId, name);
  const scope = scopeOf(call.caller, worldId, collection, owner, keyPrefix);
  const db = call.kit.store.as<StateTables>();
  const headNow = () => owned.ground.heads.get(headName(scope.world, name));
  let position = request.fromSeq ?? headNow()?.seq ?? 0;
  if (position > (headNow()?.seq ?? 0))
    throw new OrreryError(stateErrors.STATE_CURSOR_TOO_OLD, { given: `${position} is not yet; begin anew` });
  if (request.snapshot) {
    position = headNow()?.seq ?? 0;
    yield* snapshot(call, scope, headNow(), position);
  }

  const changesAfter = async (seq: number): Promise<readonly Told[]> => {
    const head = headNow();
    if (head === undefined || head.seq <= seq) return [];
    return (
      owned.feed.after(scope.world, name, seq, PAGE) ??
      (await fromHistory(db, owned.ground, head, seq, PAGE, call.kit.clock.now()))
    );
  };

  for (let begun = false; !call.signal.aborted; begun = true) {
    const next = owned.feed.next(scope.world, name, scope.owner);
    try {
      const told = await changesAfter(position).catch((error: unknown) => {
        if (begun) return undefined;
        throw error;
      });
      if (told === undefined) {
        owned.resynced();
        return yield { resync: true, seq: position };
      }
      const last = told.at(-1);
      if (last !== undefined) {
        position = last.seq;
        const changes = told.filter((change) => matches(scope, change)).map(({ change }) => change);
        if (changes.length > 0) yield { changes, seq: position };
        continue;
      }
      if (await comes(call, next.come)) continue;
      if (!call.signal.aborted) yield { seq: position };
    } finally {
      next.cancel();
    }
  }
}

function matches({ owner, prefix, leastRead }: Scope, told: Told): boolean {
  if (owner !== undefined && told.owner !== owner) return false;
  if (!told.key.startsWith(prefix)) return false;
  return leastRead === ReadAccess.NOBODY || (leastRead === ReadAccess.PUBLIC ? told.public : told.owners);
}

/** @returns false when a heartbeat is due */
async function comes(call: Call, come: Promise<void>): Promise<boolean> {
  const waited = new AbortController();
  const beat = call.kit.clock
    .sleep(HEARTBEAT_MS, AbortSignal.any([call.signal, waited.signal]))
    .then(() => false);
  const first = await Promise.race([come.then(() => true), beat]);
  waited.abort();
  return first;
}

async function* snapshot(
  call: Call,
  scope: Scope,
  head: Head | undefined,
  seq: number,
): AsyncGenerator<InitOf<typeof WatchResponse>> {
  const db = call.kit.store.as<StateTables>();
  for (let after: readonly [string, string] | undefined; head !== undefined; ) {
    const { lineage } = call.part(objects).ground;
    const page = await listObjects(db, scope, lineage.levels(head.id), seq, FORM, after, PAGE);
    after = page.at;
    if (after === undefined) return yield { objects: [...page.objects], seq, snapshotComplete: true };
    yield { objects: [...page.objects], seq };
  }
  yield { seq, snapshotComplete: true };
}
