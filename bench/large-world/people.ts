// A crowd that decides all day: each person every half hour, and once more in the hour after midnight.
import { create } from "@bufbuild/protobuf";
import { TimerCancelled } from "@orrery/schema/time/v1";
import { type Context, defineAggregate, type Random, type State } from "@orrery/simulation/define";
import {
  Crowd,
  DecideOne,
  GoalSchema,
  Lived,
  LiveMinute,
  Memories,
  MemoriesSchema,
  MemorySchema,
  Mind,
  MindSchema,
  NeedSchema,
  Populate,
  Relations,
  RelationSchema,
  RelationsSchema,
} from "./gen/people/v1/mod.ts";

const MINUTES_A_DAY = 1_440;
/** Game minutes between two decisions of one person. */
const EVERY = 30;
/** What is due at midnight is spread over so many. */
const SPREAD = 60;
const NEEDS = 7;
const GOALS = 10;
const ACTIVITIES = 8;
/** Relations that a decision looks at. */
const LOOKS = 24;

const tables = { minds: Mind, memories: Memories, relations: Relations };
export type CrowdState = State<Crowd, typeof tables>;

const memory = (r: Random, people: number, atGs: number) =>
  create(MemorySchema, {
    subject: `npc:p${r.int(people)}`,
    predicate: "took-without-asking",
    object: `item:basket-of-${r.int(999)}-apples-from-the-orchard`,
    atGs,
    valence: r.uniform(),
    importance: r.uniform(),
  });

function birth(state: CrowdState, i: number, { memories, relations, people }: Populate, r: Random): void {
  const id = `p${i}`;
  state.minds.add(
    id,
    create(MindSchema, {
      regionId: `region:${i % 16}`,
      activity: "sleep",
      traits: Array.from({ length: 9 }, () => r.uniform()),
      needs: Array.from({ length: NEEDS }, () => create(NeedSchema, { level: r.uniform() })),
      goals: Array.from({ length: GOALS }, (_, at) =>
        create(GoalSchema, { kind: `bring-home-goods-${at}`, target: `place:market-${r.int(99)}` }),
      ),
    }),
  );
  const kept = Array.from({ length: memories }, () => memory(r, people, 0));
  state.memories.add(id, create(MemoriesSchema, { memories: kept }));
  const known = Array.from({ length: relations }, () =>
    create(RelationSchema, {
      to: `npc:p${r.int(people)}`,
      affinity: r.uniform(),
      trust: r.uniform(),
      respect: r.uniform(),
      fear: r.uniform(),
    }),
  );
  state.relations.add(id, create(RelationsSchema, { relations: known }));
}

function decide(state: CrowdState, id: string, atGs: number, ctx: Context<typeof TimerCancelled>): void {
  const r = ctx.streams.stream("decide", id, atGs);
  const mind = state.minds.edit(id);
  const { relations } = state.relations.get(id) as Relations;
  let best = 0;
  let most = -1;
  for (let at = 0; at < LOOKS; at++) {
    const want = 1 - (mind.needs[at % NEEDS]?.level ?? 0);
    const worth = want * (0.5 + 0.5 * (relations[at % relations.length]?.affinity ?? 0)) * r.uniform();
    if (worth > most) [best, most] = [at, worth];
  }
  for (const need of mind.needs) [need.level, need.atGs] = [Math.max(0, need.level - 0.03), atGs];
  mind.activity = `act-${best % ACTIVITIES}`;
  mind.decisions += 1;
  if (r.uniform() < 0.4) {
    const kept = state.memories.edit(id).memories;
    kept[mind.decisions % kept.length] = memory(r, state.root.people, atGs);
  }
  if (r.uniform() < 0.4) {
    const known = state.relations.edit(id).relations;
    const one = known[r.int(known.length)];
    if (one !== undefined) one.affinity = Math.min(1, one.affinity + 0.01);
  }
  mind.said = ctx.emit(TimerCancelled, { timerId: id, atGs }).sequence;
}

/** Whom a minute concerns: of every `every` people the one whose turn it is. */
function* turns(people: number, minute: number, every: number): Iterable<string> {
  for (let i = minute % every; i < people; i += every) yield `p${i}`;
}

export const crowd = defineAggregate(
  { state: { root: Crowd, tables }, emits: [TimerCancelled] },
  ({ command }) => ({
    create: () => undefined,
    commands: [
      command(Populate, Lived, (state, asked, ctx) => {
        const { root } = state;
        const upTo = root.people + asked.people;
        for (let i = root.people; i < upTo; i++)
          birth(state, i, asked, ctx.streams.stream("birth", String(i)));
        root.people = upTo;
        return { people: root.people, minutes: root.minutes };
      }),
      command(DecideOne, Lived, (state, { person }, ctx) => {
        const { root } = state;
        decide(state, `p${person}`, root.minutes * 60, ctx);
        return { people: root.people, minutes: root.minutes };
      }),
      command(LiveMinute, Lived, (state, _, ctx) => {
        const { root } = state;
        root.minutes += 1;
        const atGs = root.minutes * 60;
        for (const id of turns(root.people, root.minutes, EVERY)) decide(state, id, atGs, ctx);
        const ofDay = root.minutes % MINUTES_A_DAY;
        if (ofDay < SPREAD)
          for (const id of turns(root.people, ofDay, SPREAD)) {
            state.minds.edit(id).traits[0] = atGs / 86_400;
            for (const kept of state.memories.edit(id).memories) kept.importance *= 0.999;
          }
        return { people: root.people, minutes: root.minutes };
      }),
    ],
  }),
);
