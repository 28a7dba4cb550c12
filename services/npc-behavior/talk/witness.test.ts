import { DeathCause, KillRequest, KillResponse, NpcDied } from "@orrery/schema/npc/v1";
import { Predicate } from "@orrery/schema/world/v1";
import { expect, it } from "vitest";
import { rumoursOf } from "./rumours.ts";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const KILLER = "player:guest";

it("a killing that one person saw is known to five within two days, and the last of them by mouths that lead back to it", async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 120);
  const { world, passUntil } = peopleWorld(pack, 6 * H);
  passUntil(10 * H, 300);
  const asleep = (id: string) => world.state.minds.get(id)?.doing?.activityId === "activity:sleep";
  const pair = world.derived.present
    .listed()
    .map(([, ids]) => ids)
    .find((ids) => ids.length === 2 && ![...ids].some(asleep));
  const [npcId] = [...pair!].sort() as [string];
  const { witnessIds } = world.run(KillRequest, KillResponse, {
    ...{ worldId: "vale", npcId, cause: DeathCause.VIOLENCE, killerId: KILLER },
  });
  expect(witnessIds).toHaveLength(1);
  passUntil(58 * H, 300);

  const died = world.emitted(NpcDied)[0]!.id;
  const found = rumoursOf({ state: world.state, standing: world.derived } as never, KILLER, 20);
  const rumour = found.find(({ originSequence }) => originSequence === died.sequence)!;
  expect(rumour.originPublisher).toBe(died.publisher);
  expect(rumour.knownTo).toBeGreaterThanOrEqual(5);
  const steps = rumour.steps!;
  let at = steps.at(-1)!;
  for (let mouths = at.hops!; mouths > 0; mouths--) {
    const teller = steps.find(({ npcId: id }) => id === at.tellerId);
    if (teller === undefined) break;
    expect(teller.hops).toBe(mouths - 1);
    at = teller;
  }
  expect(at.tellerId).toBe("");
  const first = world.state.minds
    .get(at.npcId!)!
    .memories.find(({ originSequence }) => originSequence === died.sequence);
  expect([Predicate.KILLED, Predicate.DIED]).toContain(first?.fact?.predicate);
}, 60_000);
