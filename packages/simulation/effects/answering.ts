import { AnswerTaken } from "@orrery/schema/simulation/v1";
import { type Codec, OrreryError } from "@orrery/wire";
import type { CommandHandler, Context } from "../aggregate.ts";
import { simulationErrors } from "../errors.ts";
import { UNNAMED } from "../sharding/names.ts";
import type { AnyState } from "../state/state.ts";
import type { Table } from "../state/table.ts";

/*
 * What a world wants done outside of itself goes one way round: a handler writes an intent into a table of its state, an
 * effect beside the aggregate carries it out, and the answer comes back as a command, which takes the intent away. So the
 * world's past holds the question and the answer, and a replay needs nobody outside.
 */

/** What the message of an intent says beside what is wanted. */
export interface Intent {
  /** `ctx.timeMs` of the handler that writes it: its deadline counts from here. */
  readonly askedMs: number;
}

/** What the message of an answer says beside the answer. */
export interface AnswerShape {
  readonly intentId: string;
  /** simulation.v1.Refusal: absent when it was done. */
  readonly refused?:
    | { readonly code: string; readonly sentence: string; readonly unsure: boolean }
    | undefined;
}

export type AnswerCodec = Codec<AnswerShape>;

/** The names of a state's tables that hold intents. */
export type IntentTable<S> = {
  [K in keyof S]: S[K] extends Table<infer M> ? (M extends Intent ? K : never) : never;
}[keyof S] &
  string;

/** The message of an intent. */
export type IntentIn<S, K extends keyof S> = S[K] extends Table<infer M> ? M : never;

/** A command that brings the answers to the intents of a table. */
export interface AnswerHandler<S, E extends Codec> extends CommandHandler<S, E> {
  readonly answers: string;
}

export const isAnswering = (handler: CommandHandler<any, any>): handler is AnswerHandler<any, any> =>
  "answers" in handler;

/** What the part is called that carries out the intents of an aggregate's table. */
export const effectName = (aggregate: string, table: string): string =>
  aggregate === UNNAMED ? `effect ${table}` : `effect ${aggregate}/${table}`;

/** Takes an answer to an intent that is open, once; the intent goes when its handler is done. */
export function answering<S extends AnyState, E extends Codec>(
  table: string,
  codec: AnswerCodec,
  handle: (state: S, intent: any, answer: any, ctx: Context<E, any>) => undefined,
): AnswerHandler<S, E> {
  return {
    request: codec,
    reply: AnswerTaken,
    answers: table,
    handle(state, answer: AnswerShape, ctx) {
      const intents = (state as unknown as Record<string, Table<unknown>>)[table] as Table<unknown>;
      const intent = intents.get(answer.intentId);
      if (intent === undefined) return { wasOpen: false };
      const more: unknown = handle(state, intent, answer, ctx);
      const left = intents.get(answer.intentId);
      if (left !== undefined && left !== intent)
        throw new OrreryError(simulationErrors.WORLD_INTENT_AGAIN, {
          given: `${JSON.stringify(answer.intentId)} in ${table}`,
        });
      intents.remove(answer.intentId);
      // Nothing, unless it is a promise, which is no answer.
      return more ?? { wasOpen: true };
    },
  };
}
