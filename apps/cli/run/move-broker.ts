import type { SubscriptionSpec, Transport } from "@orrery/bus";
import { systemClock } from "@orrery/service";
import { carriedFrames, type Given, givenUpFor, type Named } from "./carried-frames.ts";
import { type Held, openHeld } from "./held-frames.ts";

/** What was carried over. */
export interface Moved {
  readonly subscriptions: number;
  /** Distinct frames that somebody had still to handle, and their events. */
  readonly frames: number;
  readonly events: number;
  readonly deadLetters: number;
  /** Frames that cannot be read, or that the other broker cannot carry: each is a dead letter there. Absent: none. */
  readonly givenUp?: readonly Named[];
}

/** Frames sent at a time. */
const FRAMES_A_CALL = 64;
const LETTERS = 500;
const LOOK_MS = 250;

/**
 * Carries what is on its way from one broker to another, while nobody else uses either: subscriptions, frames that
 * any of them has not handled, dead letters. Frames are published there once, for all: who has handled one already
 * passes it over, as any repeat. Nothing is settled here before it is kept there; a second run repeats, loses nothing.
 *
 * It ends when nothing is left: what a process held that died comes when its lease has run out, what waits for a retry
 * when that is due.
 * @param say told what it waits for
 * @throws CLI_BROKER_IN_USE when somebody else reads there
 */
export async function moveBroker(
  from: Transport,
  to: Transport,
  say: (text: string) => void = () => {},
): Promise<Moved> {
  const specs = (await from.subscriptions()).filter(({ ephemeral }) => ephemeral !== true);
  await to.ensure({ topics: [], subscriptions: specs });
  const sum = { frames: 0, events: 0, deadLetters: 0 };
  const givenUp: Named[] = [];
  for (;;) {
    const held = await Promise.all(specs.map((spec) => openHeld(from, spec)));
    try {
      await Promise.all(held.map((one) => one.takeAll(say)));
      const round = await carry(from, to, specs, held);
      sum.frames += round.frames;
      sum.events += round.events;
      sum.deadLetters += round.deadLetters;
      givenUp.push(...round.givenUp);
    } finally {
      for (const one of held) await one.close();
    }
    const left = await leftIn(from, specs);
    if (left === 0) break;
    say(`${left} frames are still to come: leases of processes that died, and retries that are not due yet`);
    await systemClock.sleep(LOOK_MS);
  }
  return { subscriptions: specs.length, ...sum, ...(givenUp.length > 0 && { givenUp }) };
}

async function carry(
  from: Transport,
  to: Transport,
  specs: readonly SubscriptionSpec[],
  held: readonly Held[],
) {
  const given: Given[] = held.flatMap(({ subscription, deliveries }) =>
    [...deliveries].map((delivery) => ({ subscription, delivery })),
  );
  const { frames, events, refused } = carriedFrames(given, to.features.maxFrameBytes);
  const topics = new Map(frames.map(({ source, lane }) => [`${source}/${lane}`, { service: source, lane }]));
  await to.ensure({ topics: [...topics.values()], subscriptions: [] });
  for (let at = 0; at < frames.length; at += FRAMES_A_CALL)
    await to.publish(frames.slice(at, at + FRAMES_A_CALL).map(({ frame }) => frame));
  for (const one of refused) await to.deadLetter(one.subscription, one.letter);
  let deadLetters = 0;
  for (const { id } of specs) deadLetters += await moveLetters(from, to, id);
  for (const { settle } of held) await settle();
  return { frames: frames.length, events, deadLetters, givenUp: refused.map(givenUpFor) };
}

/** Frames that somebody has still to handle. */
async function leftIn(from: Transport, specs: readonly SubscriptionSpec[]): Promise<number> {
  let left = 0;
  for (const { id } of specs) {
    const { frames, requeued } = await from.lag(id);
    left += frames + requeued;
  }
  return left;
}

async function moveLetters(from: Transport, to: Transport, subscription: string): Promise<number> {
  let moved = 0;
  for (;;) {
    const page = await from.deadLetters(subscription, { limit: LETTERS });
    for (const letter of page) {
      await to.deadLetter(subscription, letter);
      await from.removeDeadLetter(subscription, letter.entryId);
      moved += 1;
    }
    if (page.length < LETTERS) return moved;
  }
}
