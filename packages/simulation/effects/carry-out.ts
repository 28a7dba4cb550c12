import { AnswerTaken } from "@orrery/schema/simulation/v1";
import { type CallFailure, failureOf, type Kit } from "@orrery/service";
import { type Codec, encodeBytes } from "@orrery/wire";
import { createHash } from "node:crypto";
import type { Table } from "../state/table.ts";
import type { ShardWorlds } from "../worlds.ts";
import type { AnswerCodec, Intent } from "./answering.ts";
import { attempt } from "./attempt.ts";
import type { Attempt } from "./effect.ts";
import type { Outcome, watchEffect } from "./figures.ts";
import type { OpenIntent, OpenIntents } from "./open-intents.ts";
import { type EffectTerms, pauseMs } from "./terms.ts";

const LOOK_AGAIN_MS = 10_000;

interface Errand {
  readonly kit: Kit;
  readonly worlds: ShardWorlds;
  readonly table: string;
  readonly intent: Codec;
  readonly answer: AnswerCodec;
  readonly carryOut: (intent: any, attempt: Attempt) => Promise<object>;
  readonly terms: EffectTerms;
  readonly open: OpenIntents;
  readonly figures: ReturnType<typeof watchEffect>;
}

/*
 * An intent is known here from when it is committed. From then on it is in one of four places: ready for its turn; under way;
 * in the pause before it is tried again; or answered, with the answer on its way into the world. It is let go when that is
 * committed, when it leaves the state otherwise, or when its world is not here any more: whoever has the world then finds it
 * in the state.
 */

/** @returns how to stop it; resolves when nothing is under way */
export function carryOutIntents({
  kit,
  worlds,
  table,
  intent,
  answer,
  carryOut,
  terms,
  open,
  figures,
}: Errand) {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  /** Worlds that are being looked at, and whether they changed meanwhile. */
  const looking = new Map<string, boolean>();

  function intentsOf(world: string): Table<Intent> | undefined {
    return worlds.has(world) ? (worlds.state(world)[table] as Table<Intent>) : undefined;
  }

  function changed(world: string): void {
    if (looking.has(world)) looking.set(world, true);
    else if ((intentsOf(world)?.size ?? 0) > 0 || open.of(world).size > 0) track(look(world));
  }

  async function look(world: string): Promise<void> {
    do {
      looking.set(world, false);
      // What comes in at once is looked at once.
      await kit.clock.sleep(0, stopping.signal);
      letGo(world);
      const found = unknownIn(world);
      if (found.length === 0) continue;
      try {
        // What is not committed may never have been asked.
        await worlds.committed(world);
      } catch {
        // It is not here any more.
        continue;
      }
      const intents = intentsOf(world);
      for (const id of found) if (intents?.has(id) === true) open.add(world, id, kit.clock.now());
    } while (looking.get(world) === true && !stopping.signal.aborted);
    looking.delete(world);
    figures.open();
    pump();
  }

  const unknownIn = (world: string) =>
    (intentsOf(world)?.ids() ?? []).filter((id) => !open.of(world).has(id));

  /** What a handler took back, or another process answered. */
  function letGo(world: string): void {
    const intents = intentsOf(world);
    for (const one of [...open.of(world).values()])
      if (!one.isBrought && intents?.has(one.id) !== true) ended(one, "withdrawn");
  }

  function ended(one: OpenIntent, outcome: Outcome | undefined): void {
    open.forget(one);
    figures.ended(one, outcome);
  }

  function track(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  let underWay = 0;
  function pump(): void {
    while (underWay < terms.atOnce && !stopping.signal.aborted) {
      const next = open.next();
      if (next === undefined) return;
      underWay += 1;
      track(
        turn(next).finally(() => {
          underWay -= 1;
          pump();
        }),
      );
    }
  }

  async function turn(one: OpenIntent): Promise<void> {
    const asked = intentsOf(one.world)?.get(one.id);
    if (asked === undefined) return ended(one, worlds.has(one.world) ? "withdrawn" : undefined);
    if (one.answer === undefined) {
      try {
        one.answer = await ask(one, asked);
      } catch (error) {
        if (one.stop.signal.aborted || stopping.signal.aborted) return;
        const failure = failureOf(error);
        failed(one, failure);
        const unsure = failure.retryable;
        if (unsure && kit.hostMs() < asked.askedMs + terms.deadlineMs)
          return again(one, failure, asked.askedMs + terms.deadlineMs - kit.hostMs());
        one.answer = { refused: { code: failure.code, sentence: failure.sentence, unsure } };
      }
    }
    await bring(one, one.answer);
  }

  async function ask(one: OpenIntent, asked: object): Promise<object> {
    const { world, id } = one;
    // A copy: what is in the state is changed by its inputs alone, and goes with them.
    const copy: unknown = intent.decode(encodeBytes(intent, asked));
    const stop = AbortSignal.any([one.stop.signal, stopping.signal]);
    const key = keyOf(world, id);
    return attempt(kit.clock, terms.attemptMs, stop, async (signal) =>
      carryOut(copy, { world, id, key, kit, signal }),
    );
  }

  async function bring(one: OpenIntent, found: object): Promise<void> {
    const { world, id } = one;
    one.isBrought = true;
    try {
      await worlds.command(world, answer, AnswerTaken, { ...found, intentId: id }, { caller: kit.service });
      ended(one, "refused" in found ? "refused" : "answered");
      // What was asked under the same id meanwhile is known from now on.
      changed(world);
    } catch (error) {
      // Of a world that is not here any more, its next turn says so.
      one.isBrought = false;
      const failure = failureOf(error);
      failed(one, failure);
      again(one, failure, Number.POSITIVE_INFINITY);
    }
  }

  function failed(one: OpenIntent, failure: CallFailure): void {
    one.failures += 1;
    one.failure = failure;
    figures.failed(failure);
  }

  /** @param leftMs until its deadline, at which it is tried for the last time */
  function again(one: OpenIntent, { retryAfterMs }: CallFailure, leftMs: number): void {
    const ms = Math.min(Math.max(pauseMs(one.failures), retryAfterMs), leftMs);
    const pause = kit.clock.sleep(ms, AbortSignal.any([one.stop.signal, stopping.signal]));
    track(
      pause.then(() => {
        if (one.stop.signal.aborted) return;
        open.ready(one);
        pump();
      }),
    );
  }

  /** The name of the world's stream is of this world as it was made once, and stays with it wherever it is kept. */
  function keyOf(world: string, id: string): string {
    const [stream] = worlds.marks(world);
    const named = JSON.stringify([stream?.publisher, table, id]);
    return createHash("sha256").update(named).digest("base64url").slice(0, 32);
  }

  /** What a handler that died half way took back is in the state again when it is mended, and nobody says so. */
  async function lookAgain(): Promise<void> {
    while (!stopping.signal.aborted) {
      await kit.clock.sleep(LOOK_AGAIN_MS, stopping.signal);
      for (const world of worlds.ids()) if (intentsOf(world)?.size !== open.of(world).size) changed(world);
    }
  }

  track(lookAgain());
  const stopWatching = worlds.onChange(changed);
  const stopWaiting = worlds.onEnd((world) => {
    for (const one of [...open.of(world).values()]) ended(one, "withdrawn");
    figures.open();
  });

  return async () => {
    stopping.abort();
    stopWatching();
    stopWaiting();
    while (running.size > 0) await Promise.allSettled(running);
  };
}
