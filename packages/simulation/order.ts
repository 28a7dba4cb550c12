import { type Call, callerName } from "@orrery/service";
import type { Codec, InitOf, MessageOf } from "@orrery/wire";
import type { Worlds } from "./worlds.ts";

/** A call that changes a world, as contracts have it. */
interface Ordered {
  readonly worldId: string;
  readonly idempotencyKey: string;
}

/** Runs a call as a command of the world that it names, under its caller's name and its key. @throws what the command throws */
export async function order<Q extends Codec, R extends Codec>(
  call: Call,
  { command }: Pick<Worlds<any>, "command">,
  request: Q,
  reply: R,
  given: InitOf<Q> & Ordered,
): Promise<MessageOf<R>> {
  const terms = { caller: callerName(call.caller), idempotencyKey: given.idempotencyKey };
  return (await command(given.worldId, request, reply, given, terms)).reply;
}
