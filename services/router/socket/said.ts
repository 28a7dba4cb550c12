import { ErrorDetailSchema, Lane } from "@orrery/schema/orrery";
import { toConnectError } from "@orrery/service";
import type { FanOut } from "../fan-out.ts";
import { LIMITS } from "../limits.ts";
import type { Session } from "../session.ts";
import type { Head } from "../streams.ts";

/** What is said of a message that was refused. @param subscriptionId empty: it was a Reauth */
export function refusal(subscriptionId: string, error: unknown) {
  const coded = toConnectError(error);
  const detail = coded.findDetails(ErrorDetailSchema)[0];
  return { subscriptionId, message: coded.rawMessage, ...(detail && { error: detail }) };
}

/** The world's clock as anchor and rate; undefined before it was heard of. */
export function clockDial(events: FanOut, world: string) {
  const adjusted = events.clocks.of(world);
  return adjusted && { adjusted, stale: false };
}

/**
 * How far a client is that has been sent everything: as far as the edge has heard each stream, and where snapshots of
 * all it looks at cover more, as far as they do.
 */
export function positionMark(events: FanOut, session: Session, sinceMs: number, nowMs: number) {
  const marks = events.ring(session.world).streams.headsSince(sinceMs);
  const heard = new Map<string, Head>(marks.map((mark) => [mark.publisher, mark]));
  // A moment later: events for this player alone, which no snapshot covers, may still be on their way.
  const covered = nowMs - session.connectedMs >= LIMITS.markMs ? session.covered() : [];
  for (const [publisher, sequence] of covered) {
    const known = heard.get(publisher);
    if (sequence > (known?.sequence ?? 0))
      heard.set(publisher, { publisher, sequence, lane: known?.lane ?? Lane.UNSPECIFIED });
  }
  return { marks: [...heard.values()], timeMs: events.hears ? nowMs : 0 };
}
