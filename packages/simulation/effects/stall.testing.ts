import { create } from "@bufbuild/protobuf";
import { HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { defineService, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import {
  PriceAsked,
  PriceAskedSchema,
  PriceHeard,
  Stall,
} from "../../wire/test-schema/gen/outside/v1/mod.ts";
import { defineAggregate } from "../define.ts";
import { type Attempt, effect } from "./effect.ts";
import type { EffectTerms } from "./terms.ts";

/** A price that the stall does not take. */
export const REFUSED = 13;

/** A stall that asks outside for a price each hour, and is told to ask no more by a timer that is cancelled. */
export const stall = defineAggregate(
  { state: { root: Stall, tables: { prices: PriceAsked } }, emits: [] },
  ({ on, answer }) => ({
    create: () => undefined,
    on: [
      on(HourChanged, ({ prices }, { atGs }, ctx) => {
        const id = `price-${atGs}`;
        prices.add(id, create(PriceAskedSchema, { askedMs: ctx.timeMs, item: `bread-${atGs}` }));
      }),
      on(TimerCancelled, ({ prices }, { timerId }) => void prices.remove(timerId)),
    ],
    commands: [
      answer("prices", PriceHeard, ({ root }, { item }, { price, refused }) => {
        if (price === REFUSED) throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: "price" });
        const said = refused && `${refused.code}${refused.unsure ? "?" : ""}`;
        root.notes.push(`${item} ${said ?? price}`);
      }),
    ],
  }),
);

/** Who is asked for prices. */
export type Seller = (asked: PriceAsked, attempt: Attempt) => Promise<{ price: number }>;

export const stallWith = (seller: Seller, terms?: Partial<EffectTerms>) =>
  defineService({
    id: "stall",
    summary: "Asks for prices.",
    aggregate: stall,
    parts: [effect(stall, "prices", PriceHeard, seller, terms)],
  });
