import type { Call } from "@orrery/service";
import type { Codec, InitOf } from "@orrery/wire";
import { answerOf } from "../write/answer.ts";
import { keeper } from "../write/keeper.ts";
import type { Job, Turn } from "../write/turn.ts";

/** Does a call that changes something, once under its idempotency key. */
export function submit<I extends { readonly idempotencyKey: string }, C extends Codec>(
  call: Call,
  [asked, request]: readonly [Codec<any, any, any>, I],
  reply: C,
  players: readonly string[],
  run: (turn: Turn) => InitOf<C> | Promise<InitOf<C>>,
): Promise<InitOf<C>> {
  const job: Job<C> = { players, reply, run, ...answerOf(call.caller, asked, request) };
  return call.part(keeper).submit(job);
}
