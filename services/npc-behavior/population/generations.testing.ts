import type { DeathCause } from "@orrery/schema/npc/v1";
import { NpcArrived, NpcDied, NpcMarried, NpcSettled, NpcTookUp } from "@orrery/schema/npc/v1";
import type { Pack } from "@orrery/schema/world/v1";
import { streamsOf } from "@orrery/simulation";
import { takeCensus } from "./census.ts";
import { die } from "./death.ts";
import { morningOf, ROUNDS, roundAfter } from "./morning.ts";
import { countRound } from "./population.ts";
import type { PeopleContext } from "../state.ts";
import { peopleWorld } from "../valley.testing.ts";

/** A world whose mornings alone are lived through: people are born, come, take up work and die, and nobody does anything. */
export function generations(pack: Pack, seed = "one") {
  const { world } = peopleWorld(pack, 0);
  const said: { type: unknown; event: any }[] = [];
  let day = 0;
  const ctx = {
    streams: streamsOf(seed, "generations"),
    derived: world.derived,
    emit(type: unknown, event: unknown) {
      said.push({ type, event });
      return { publisher: "npc-behavior", sequence: said.length };
    },
  } as unknown as PeopleContext;
  const { state } = world;
  const kill = (npcId: string, cause: DeathCause, nowGs = morningOf(day) + 1) =>
    die(state, state.minds.get(npcId)!, { cause, nowGs }, ctx);

  return {
    world,
    kill,
    born: () => said.filter(({ type }) => type === NpcArrived).map(({ event }) => event),
    died: () => said.filter(({ type }) => type === NpcDied).map(({ event }) => event),
    tookUp: () => said.filter(({ type }) => type === NpcTookUp).map(({ event }) => event),
    married: () => said.filter(({ type }) => type === NpcMarried).map(({ event }) => event),
    settled: () => said.filter(({ type }) => type === NpcSettled).map(({ event }) => event),
    counts: () => takeCensus(state, world.derived.country).counts,
    pass(days: number, onDay: () => void = () => {}) {
      for (const until = day + days; day < until; ) {
        day += 1;
        for (let round = 0; round < ROUNDS; round++) countRound(state, roundAfter(day * ROUNDS + round), ctx);
        onDay();
        for (const [id, { fateGs, fate }] of [...state.minds])
          if (fateGs !== undefined) kill(id, fate, fateGs);
      }
    },
  };
}
