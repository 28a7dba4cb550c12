// Voices that ring when they are told to, each in the shard that has its id, and count how often.
import { create } from "@bufbuild/protobuf";
import {
  HoldState,
  HoldStateSchema,
  TimerCancelled,
  TimerFired,
  TimerRequested,
} from "@orrery/schema/time/v1";
import { defineService } from "@orrery/service";
import { defineAggregate } from "@orrery/simulation/define";

export const SHARDS = 16;
export const WORLD = "choir";

export const choir = defineAggregate(
  {
    name: "voices",
    shards: { most: SHARDS, of: () => SHARDS },
    state: { root: HoldState, tables: { voices: HoldState } },
    emits: [TimerRequested],
  },
  ({ on, query }) => ({
    create: () => undefined,
    on: [
      on(
        TimerFired,
        ({ voices }, { timerId, revision }, ctx) => {
          if (!voices.has(timerId)) voices.add(timerId, create(HoldStateSchema));
          const voice = voices.edit(timerId);
          voice.sinceMs += 1;
          // How often it rang, and at which ring: both are the same where none is lost and none comes twice.
          ctx.emit(TimerRequested, { timerId, revision: voice.sinceMs, atGs: revision });
        },
        { whom: ({ timerId }) => timerId },
      ),
    ],
    queries: [
      query(TimerCancelled, TimerCancelled, ({ voices }) => {
        let rung = 0;
        for (const [, { sinceMs }] of voices) rung += sinceMs;
        return { atGs: rung };
      }),
    ],
  }),
);

export const service = defineService({
  id: "choir",
  summary: "Voices that ring when they are told to.",
  aggregate: [choir],
});
