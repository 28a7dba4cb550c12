import type { Kit, Part } from "@orrery/service";
import { type Codec, type InitOf, OrreryError } from "@orrery/wire";
import type { AggregatePart } from "../define.ts";
import { simulationErrors } from "../errors.ts";
import type { AnyState } from "../state/state.ts";
import { type AnswerCodec, effectName, type IntentIn, type IntentTable, isAnswering } from "./answering.ts";
import { carryOutIntents } from "./carry-out.ts";
import { watchEffect } from "./figures.ts";
import { openIntents } from "./open-intents.ts";
import { type EffectTerms, effectTerms } from "./terms.ts";

/** What one try is told besides the intent. */
export interface Attempt {
  readonly world: string;
  /** Of the intent in its table. */
  readonly id: string;
  /**
   * The idempotency key of all that it asks: the same at each try, also by another process, and no other intent's. 32
   * characters. What asks two things puts a letter of its own behind it for each.
   */
  readonly key: string;
  readonly kit: Kit;
  /** Aborts when its time is over, or nobody wants it any more: hand it on to whatever is called. */
  readonly signal: AbortSignal;
}

/** The answer without what the kit fills in. */
type AnswerTo<C extends AnswerCodec> = Omit<InitOf<C>, "intentId" | "refused">;

/**
 * Carries out the intents in a table of an aggregate's state, and brings the answers back. An intent that is in the state is
 * carried out at least once, under one key: it is taken up again after a restart, and by the process that the lease went to.
 * It begins when the intent is committed. What fails and may succeed later is tried again, with growing pauses, until the
 * deadline; then, or where the refusal is final, the answer says so in its `refused`. A fork carries out what is open in it
 * under keys of its own.
 * @param carryOut a thrown OrreryError that is not retryable, or such an answer of a call, is the final refusal
 * @throws WORLD_EFFECT_INVALID
 */
export function effect<S extends AnyState, K extends IntentTable<S>, C extends AnswerCodec>(
  aggregate: AggregatePart<S, any>,
  table: K,
  answer: C,
  carryOut: (intent: IntentIn<S, K>, attempt: Attempt) => Promise<AnswerTo<C>>,
  terms: Partial<EffectTerms> = {},
): Part<void> {
  const whole = effectTerms(terms);
  const name: string = table;
  const takes = aggregate.commands.some(
    (one) => isAnswering(one) && one.answers === name && one.request.typeName === answer.typeName,
  );
  if (!takes)
    throw new OrreryError(simulationErrors.WORLD_EFFECT_INVALID, {
      given: `the aggregate takes no ${answer.typeName} for its table ${table}`,
    });
  return {
    name: effectName(aggregate.name, table),
    publishes: [],
    subscribes: [],
    async start(kit) {
      const shards = kit.part(aggregate).shards.map((worlds) => ({ worlds, open: openIntents() }));
      const figures = watchEffect(
        kit,
        table,
        shards.map(({ open }) => open),
      );
      const intent = aggregate.state.tables[table] as Codec;
      const stops = shards.map((own) =>
        carryOutIntents({ ...own, kit, table, intent, answer, carryOut, terms: whole, figures }),
      );
      return { handle: undefined, stop: async () => void (await Promise.all(stops.map((stop) => stop()))) };
    },
  };
}
