import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { WorldService } from "@orrery/schema/bus/v1";
import { HoldState, HoldStateSchema, HourChanged, TimeService } from "@orrery/schema/time/v1";
import { defineService, type Host, type KitTables } from "@orrery/service";
import { digestOf } from "@orrery/simulation";
import { defineAggregate } from "@orrery/simulation/define";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Edge } from "../edge.ts";
import { replayWorld } from "./replay-world.ts";
import { allFollowed, startWorldInMemory } from "./world.testing.ts";

const PEOPLE = 300;
const HOUR_GS = 3_600;

const people = defineAggregate(
  { state: { root: HoldState, tables: { people: HoldState } }, emits: [] },
  ({ on }) => ({
    create({ people: all }, _, ctx) {
      for (let at = 0; at < PEOPLE; at++) {
        const note = ctx.streams.stream("note", at);
        const drawn = Array.from({ length: 150 }, () => note.int(36).toString(36)).join("");
        all.add(`p${at}`, create(HoldStateSchema, { note: drawn.repeat(8) }));
      }
    },
    on: [
      on(HourChanged, ({ root, people: all }, { atGs }) => {
        root.note = `${atGs}`;
        all.edit(`p${(atGs / HOUR_GS) % PEOPLE}`).note += ` ${atGs}`;
      }),
    ],
  }),
);
const keeper = defineService({ id: "people-keeper", summary: "-", aggregate: people });

const admin = { role: "admin", id: "test", scopes: [] } as const;
let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory("vale", 1, undefined, [keeper]);
});
afterAll(() => host.stop());

const kit = () => host.running().find(({ definition }) => definition.id === keeper.id)!.kit;
const worlds = () => kit().part(people);
const digest = (world: string) => Buffer.from(digestOf(people.state, worlds().state(world))).toString("hex");
const client = () => host.directory.client(TimeService, admin);

async function hours(world: string, count: number): Promise<void> {
  const { now } = await client().getClock({ worldId: world });
  const value = (now?.atGs ?? 0) + count * HOUR_GS;
  const target = { case: "toGs", value } as const;
  await client().skipTo({ worldId: world, idempotencyKey: randomUUID(), target });
  const last = `${Math.floor(value / HOUR_GS) * HOUR_GS}`;
  await vi.waitUntil(() => worlds().has(world) && worlds().state(world).root.note === last, {
    timeout: 20_000,
  });
  // A fork is made of what the journal has.
  await allFollowed(host);
}

async function fork(parent: string, world: string): Promise<void> {
  await host.directory
    .client(WorldService, admin)
    .fork({ worldId: parent, newWorldId: world, idempotencyKey: `make-${world}` });
  await vi.waitUntil(() => worlds().has(world), { timeout: 20_000 });
  // Each service begins it for itself, and says so until then.
  await vi.waitFor(() => client().getClock({ worldId: world }), { timeout: 20_000 });
}

/** Bytes of its own segments, and how many it has of others. */
async function written(world: string) {
  const db = kit().store.as<KitTables>();
  const own = await db.selectFrom("segment").select("bytes").where("world", "=", world).execute();
  const shared = await db.selectFrom("segment_use").select("writer").where("world", "=", world).execute();
  return {
    bytes: own.reduce((sum, { bytes }) => sum + bytes.length, 0),
    of: [...new Set(shared.map(({ writer }) => writer))].sort(),
  };
}

it("a fork has what its parent wrote, writes what it changes, and can be forked and replayed like any", async () => {
  await client().hold({ worldId: "vale", idempotencyKey: randomUUID(), name: "still", note: "" });
  await hours("vale", 3);
  await vi.waitUntil(async () => (await written("vale")).bytes > PEOPLE * 1_000, { timeout: 10_000 });
  await fork("vale", "child");
  expect(digest("child")).toBe(digest("vale"));
  const child = await written("child");
  expect(child.of).toEqual(["vale"]);
  expect(child.bytes).toBeLessThan(20_000);
  await hours("child", 5);
  await fork("child", "grandchild");
  expect(digest("grandchild")).toBe(digest("child"));
  expect((await written("grandchild")).of).toContain("vale");
  await hours("grandchild", 2);
  // Its checkpoint names segments that the journals of its ancestors have.
  const edge: Edge = { world: "grandchild", client: (service) => host.directory.client(service, admin) };
  const asked = { services: [keeper.id], fromGs: Number.NEGATIVE_INFINITY };
  const [replay] = await replayWorld(edge, asked, () => {}, [keeper]);
  expect(replay?.verdict).toMatchObject({ verdict: "PASS" });
});
