import { create } from "@bufbuild/protobuf";
import { virtualClock } from "@orrery/bus";
import { HoldState, HoldStateSchema } from "@orrery/schema/time/v1";
import { Manifest } from "@orrery/schema/simulation/v1";
import { type KitTables, openStore, type Store } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCutter } from "./cutter.ts";
import { defineAggregate } from "./define.ts";
import type { Keeping } from "./keeping.ts";
import type { Lease } from "./lease.ts";
import { handlersOf, newProgress, openShard } from "./shard.ts";
import { emptyState, type State } from "./state/state.ts";
import { digestOf } from "./state/whole.ts";
import { newlyWritten, type Written } from "./written.ts";

const types = { root: HoldState, tables: { people: HoldState } };
const people = defineAggregate({ state: types, emits: [] }, () => ({ create: () => undefined }));
const facts = {
  service: "people-keeper",
  world: "vale",
  part: "aggregate/0",
  fingerprint: "0000000000000000",
};
const note = (text: string) => create(HoldStateSchema, { note: text });

let store: Store;
let written: Written;
let isRefused: boolean;
beforeEach(async () => {
  isRefused = false;
  store = await openStore({ service: "people-keeper", url: ":memory:", migrations: {} });
  const state = emptyState(people.state) as unknown as State<HoldState, typeof types.tables>;
  for (const name of ["ada", "bo", "cy"]) state.people.add(name, note(name));
  const shard = openShard(people, handlersOf(people), facts, newProgress(facts, "s", "0"), { state });
  written = newlyWritten(facts, shard, new Uint8Array(), "0");
});
afterEach(() => store.close());

function cutterOf() {
  const metric = () => () => undefined;
  const kit = {
    store,
    clock: virtualClock(),
    metrics: { histogram: metric, counter: metric },
    outbox: { putting: () => ({ queries: [], read: () => [] }), send: async () => undefined },
    personal: {},
  };
  const keeping = { kit, part: "aggregate/0", aggregate: people, codeVersion: "1" } as unknown as Keeping;
  const checking = {
    queries: [],
    read() {
      if (isRefused) throw Object.assign(new Error("refused"), { code: "WORLD_COMMIT_REFUSED" });
    },
  };
  return createCutter(keeping, { checking } as unknown as Lease, new AbortController().signal);
}

/** What a start would begin with. */
async function stored(): Promise<Uint8Array> {
  const row = await store.as<KitTables>().selectFrom("cut").select("manifest").executeTakeFirstOrThrow();
  return Manifest.decode(row.manifest).digest;
}

describe("a cut that comes to nothing", () => {
  it.each(["its commit did not come about", "the store refuses it half way"])(
    "leaves nothing out of the next one: %s",
    async (why) => {
      const cutter = cutterOf();
      const moment = { seq: 1, atGs: 0, progress: new Uint8Array() };
      await cutter.begin(written, moment).go();
      const { people: table } = written.shard.state as State<HoldState, typeof types.tables>;
      table.edit("ada").note = "changed";
      const lost = cutter.begin(written, { ...moment, seq: 2 });
      if (why.startsWith("its commit")) await lost.drop();
      else {
        isRefused = true;
        await expect(lost.go()).rejects.toThrow("refused");
        isRefused = false;
      }
      expect(written.cut).toBeUndefined();
      table.edit("bo").note = "changed too";
      await cutter.begin(written, { ...moment, seq: 3 }).go();
      expect(Buffer.compare(await stored(), digestOf(people.state, written.shard.state))).toBe(0);
    },
  );
});
