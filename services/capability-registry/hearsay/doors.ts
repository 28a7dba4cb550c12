import { InstanceState } from "@orrery/schema/capability/v1";
import { RouteHealthChanged } from "@orrery/schema/router/v1";
import type { Book } from "../registry/book.ts";

/** What the kit registers every service's process under. */
const PROCESS = "process:";

/**
 * Whose word counts, by `reporter_id`: processes that are registered as saying how routes do, and live; and who is not
 * registered, but has spoken of late. One that was registered and left counts no more, whatever it said last.
 */
export function doorsOf(book: Book, speakers: readonly string[]): ReadonlySet<string> {
  const doors = new Set<string>();
  const absent = new Set<string>();
  for (const { registration, state } of book.all()) {
    if (!registration.publishes.includes(RouteHealthChanged.typeName)) continue;
    const calls = state === InstanceState.READY || state === InstanceState.DEGRADED;
    for (const { address } of registration.endpoints)
      if (address.startsWith(PROCESS)) (calls ? doors : absent).add(address.slice(PROCESS.length));
  }
  for (const id of speakers) if (!absent.has(id)) doors.add(id);
  return doors;
}
