import { fingerprint } from "@orrery/schema/registry";
import { WorldCreated } from "@orrery/schema/world/v1";
import { digestOf, handlersOf, newProgress, openShard } from "@orrery/simulation";
import { encodeBytes } from "@orrery/wire";
import { LiveMinute, Populate } from "./gen/people/v1/mod.ts";
import { SEED, SERVICE, TOGETHER, WORLD } from "./orders.ts";
import { crowd } from "./people.ts";

/** The same crowd in memory, never stopped: what its state must be after so many inputs. */
export function controlLife() {
  const facts = { service: SERVICE, world: WORLD, part: "aggregate/0", fingerprint };
  const progress = newProgress(facts, SEED, "control");
  const shard = openShard(crowd, handlersOf(crowd), facts, progress, undefined);
  const created = { worldId: WORLD, seed: SEED };
  shard.takeEvent({
    publisher: "operator",
    sequence: 1,
    type: WorldCreated.typeName,
    key: "",
    source: "operator",
    timeMs: 0,
    payload: encodeBytes(WorldCreated, created),
  });
  const run = (codec: typeof Populate | typeof LiveMinute, request: Uint8Array) => {
    const terms = { caller: "", idempotencyKey: "", stampedMs: 0, traceparent: "" };
    shard.takeCommand({ method: codec.typeName, request, ...terms });
    shard.collect();
  };
  const minute = encodeBytes(LiveMinute, {});
  return {
    /** Until so many are there. */
    populate(people: number, weight: { readonly memories: number; readonly relations: number }) {
      const some = encodeBytes(Populate, { people: TOGETHER, ...weight });
      while (shard.state.root.people < people) run(Populate, some);
    },
    /** Until so many minutes are over. */
    live(minutes: number) {
      while (shard.state.root.minutes < minutes) run(LiveMinute, minute);
    },
    digest: () => Buffer.from(digestOf(crowd.state, shard.state)).toString("hex"),
  };
}
