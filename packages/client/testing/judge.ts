import type { World } from "../connect.ts";
import { subscribeFor } from "../looks.ts";
import type { Subscription } from "../subscription.ts";
import type { Followed, Life } from "./life.ts";
import { concerns, type WorldLog } from "./world-log.ts";

/** In fair weather: each subscription that is open knows how things are, and was told nothing twice. */
export function judgeOpen(world: World, { followed, all, broken }: Life): void {
  if (world.status.state !== "open") return void broken.push(`still ${world.status.state} in fair weather`);
  for (const entry of followed) {
    if (entry.closed) continue;
    const { looks, known, live } = entry;
    const fresh = all.edge.log.present(subscribeFor("x", looks));
    for (const { type, region, publisher, sequence } of fresh) {
      const knows = known.get(`${type} ${region}`);
      if (knows !== `${publisher}/${sequence}`)
        broken.push(`of ${region || "the world"} it knows ${knows}, not ${publisher}/${sequence}`);
    }
    if (known.size !== fresh.length) broken.push(`${known.size} things known, ${fresh.length} are`);
    if (new Set(live).size !== live.length) broken.push("an event was told twice");
    if (world.resumes.snapshot === 0) broken.push(...gapsOf(entry, all.edge.log));
  }
}

/** From the first event a subscription was told of a publisher on, it was told all that it looks at. */
function gapsOf({ live, looks }: Followed, log: WorldLog): string[] {
  const asked = subscribeFor("x", looks);
  const told = new Set(live);
  const began = new Set<string>();
  const gaps: string[] = [];
  for (const event of log.said) {
    const name = `${event.publisher}/${event.sequence}`;
    if (told.has(name)) began.add(event.publisher);
    else if (began.has(event.publisher) && concerns(asked, event)) gaps.push(`${name} was never told`);
  }
  return gaps;
}

/** After the end: nothing is waited for any more, and no timer runs. */
export async function judgeClosed({ awaited, followed, all, broken }: Life): Promise<void> {
  for (const { what, byMs, settled } of awaited)
    if (!settled && byMs < all.time.now()) broken.push(`${what} is open after its deadline`);
  for (const { subscription } of followed) {
    const met = await all.within(100, Promise.allSettled([subscription.snapshot, drained(subscription)]));
    if (met === "open") broken.push("a snapshot or an iterator is open after the end");
  }
  if (all.timers > 0) broken.push(`${all.timers} timers run after the end`);
}

async function drained(subscription: Subscription): Promise<void> {
  for await (const _event of subscription);
}
