import type { Kit } from "@orrery/service";
import type { Look, Session } from "../session.ts";
import { askSnapshots, snapshotServices } from "../snapshots.ts";
import type { Send } from "./connection.ts";

const RETRY_SNAPSHOT_MS = 2_000;

/**
 * Sends the snapshots of what a subscription has newly come to look at. Live events go on after the first
 * answers; services that fail are named, and asked until they answer.
 */
export async function loadSnapshots(
  kit: Kit,
  session: Session,
  { interest, fresh }: Look,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  const { id } = interest;
  const marks = new Map<string, number>();
  let missing = fresh === undefined ? [] : snapshotServices(kit);
  if (fresh === undefined || missing.length === 0) {
    send({ message: { case: "snapshot", value: { subscriptionId: id, complete: true } } });
    return session.loaded(id, marks);
  }
  for (let first = true; missing.length > 0 && !signal.aborted; first = false) {
    if (!first) await kit.clock.sleep(RETRY_SNAPSHOT_MS, signal);
    const answers = await askSnapshots(kit, session.world, session.player, fresh, missing);
    // Another look took the place of this one: its own snapshots are on their way.
    if (session.interest(id) !== interest) return;
    const given = answers.filter(({ frame }) => frame !== undefined);
    const asOf = given.flatMap((answer) => [...answer.asOf]);
    for (const mark of asOf) marks.set(mark.publisher, mark.sequence);
    missing = answers.filter(({ frame }) => frame === undefined).map(({ service }) => service);
    const frames = given.map(({ frame }) => frame as Uint8Array);
    const complete = missing.length === 0;
    send({ message: { case: "snapshot", value: { subscriptionId: id, frames, asOf, complete } } });
    if (!complete) send({ message: { case: "missing", value: { services: missing } } });
    if (first || asOf.length > 0) session.loaded(id, marks);
  }
}
