import { IntakeCommitted } from "@orrery/schema/bus/v1";
import type { Reader } from "../journal/read.ts";

/** What the clock's own hand tells it; a fork's clock does the same by itself. */
const BY_ITSELF = ["time.v1.AdvanceToRequest", "time.v1.ResumeRequest"];
/** Says how a world is run, not what happens in it. */
const APART = ["bus.", "router."];
/** A commit and what came meanwhile is shorter. */
const MOST = 10_000;

/**
 * Whether all between two places of a journal follows from what was there before: a clock that played on, and who
 * answered it. Then a fork that begins at the first one comes to the same by itself. A call, a player's deed or an
 * edit of the pack would be lost to it.
 */
export async function isPlayedOnly(
  reader: Reader,
  world: string,
  from: number,
  to: number | undefined,
): Promise<boolean> {
  if (to === undefined || to - from > MOST) return false;
  const asked = { world, filter: undefined, after: from, newest: to, newestFirst: false, limit: to - from };
  const { events } = await reader.page(asked);
  const records = events.filter(({ type }) => type === IntakeCommitted.typeName);
  const decoded = records.map(({ payload }) => IntakeCommitted.decode(payload as Uint8Array));
  const writers = new Set(decoded.map(({ service }) => service));
  const calls = decoded.flatMap(({ items }) =>
    items.flatMap(({ item }) => (item.case === "command" ? [item.value.method] : [])),
  );
  if (calls.some((method) => !BY_ITSELF.includes(method))) return false;
  return events.every(
    ({ type = "", service = "" }) => APART.some((domain) => type.startsWith(domain)) || writers.has(service),
  );
}
