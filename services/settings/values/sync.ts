import type { MergedInit, Value } from "@orrery/schema/settings/v1";
import type { Turn } from "../write/turn.ts";
import type { Author } from "./author.ts";
import { problemOf, throwAll } from "./checks.ts";
import { AHEAD_MOST_MS, compareStamps, type Stamp } from "./hlc.ts";
import { later, type Stamped } from "./merge.ts";
import { storedAt, type Target, writeValue } from "./write-value.ts";

/** An edit of a device, and where it goes. */
export interface DeviceEdit {
  readonly target: Target;
  readonly value: Value | undefined;
  readonly wallMs: number;
  readonly counter: number;
}

/** Merges what a device changed: of each key the later of what is held and what it did. @throws all that is wrong with it */
export async function syncEdits(
  turn: Turn,
  device: string,
  edits: readonly DeviceEdit[],
  author: Author,
): Promise<MergedInit[]> {
  throwAll(edits.map(({ target, value }) => problemOf(turn, { target, value, expectedRevision: undefined })));
  const byKey = new Map<
    string,
    { readonly target: Target; best: Stamped<Value | undefined>; pulled: boolean }
  >();
  for (const edit of edits) {
    const stamp = await stampOf(turn, device, edit);
    const own = { value: edit.value, stamp };
    const before = byKey.get(edit.target.key);
    byKey.set(edit.target.key, {
      target: edit.target,
      best: later(before?.best, own),
      pulled: (before?.pulled ?? false) || stamp.wallMs !== edit.wallMs,
    });
  }
  return [...byKey].map(([key, { target, best, pulled }]) => {
    const stored = storedAt(turn, target);
    const held = stored?.hlc && { value: stored.value, stamp: stored.hlc };
    const winner = later<Value | undefined>(held, best);
    const lost = winner !== best && compareStamps(winner.stamp, best.stamp) !== 0;
    if (winner !== best) return { key, ...(stored && { stored }), lost, pulledBack: pulled };
    const wanted = { value: best.value, locked: stored?.locked ?? false, stamp: best.stamp };
    return { key, stored: writeValue(turn, target, wanted, author).stored, lost, pulledBack: pulled };
  });
}

/**
 * When an edit counts: as its device says, or where that is too far ahead, as of when it was first heard of, so that hearing of
 * it again changes nothing.
 */
async function stampOf(turn: Turn, device: string, edit: DeviceEdit): Promise<Stamp> {
  const { wallMs, counter, target } = edit;
  const { owner, key } = target;
  const row = { owner, key, device, wall_ms: wallMs, counter };
  const known = await turn.db
    .selectFrom("pulled")
    .select("as_ms")
    .where("owner", "=", owner)
    .where("key", "=", key)
    .where("device", "=", device)
    .where("wall_ms", "=", wallMs)
    .where("counter", "=", counter)
    .executeTakeFirst();
  if (known !== undefined) return { wallMs: Number(known.as_ms), counter, deviceId: device };
  if (wallMs <= turn.nowMs + AHEAD_MOST_MS) return { wallMs, counter, deviceId: device };
  turn.write(
    turn.db
      .insertInto("pulled")
      .values({ ...row, as_ms: turn.nowMs })
      .onConflict((conflict) => conflict.doNothing()),
  );
  return { wallMs: turn.nowMs, counter, deviceId: device };
}
