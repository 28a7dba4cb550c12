// 32 writers on 100 objects at random; every answer must fit one order, and the events must fold into the table.
//   node bench/state/linear.ts [--seconds 10] [--database sqlite|postgres] [--json]
import { parseArgs } from "node:util";
import { fold } from "../../services/state-manager/testing/fold.ts";
import { disorder } from "../../services/state-manager/testing/linearizable.ts";
import type { Heard } from "../../services/state-manager/testing/state.ts";
import { storm } from "../../services/state-manager/testing/storm.ts";
import { fromMessage } from "../../services/state-manager/value/message.ts";
import { same } from "../../services/state-manager/value/model.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    database: { type: "string", default: "sqlite" },
    json: { type: "boolean", default: false },
  },
});
const scene = await openScene(values.database as "sqlite" | "postgres");
const heard: Heard[] = [];
const subscription = scene.host.surroundings.bus.subscribe({
  id: "bench/fold",
  types: ["state.*"],
  order: "key",
  from: "earliest",
  handle({ type, world, key, payload, publisher, sequence }) {
    heard.push({ type, world, key, payload: payload.slice(), publisher, sequence });
  },
});
await subscription.ready;
try {
  const ends = performance.now() + Number(values.seconds) * 1_000;
  const histories = await storm(scene.state, {
    writers: 32,
    objects: 100,
    operations: Number.POSITIVE_INFINITY,
    seed: 1,
    until: () => performance.now() > ends,
  });
  const operations = [...histories.values()].reduce((sum, { length }) => sum + length, 0);
  const disordered = [...histories.values()].filter((history) => disorder(history) !== undefined).length;
  const { objects, seq } = await scene.state.list({ worldId: "w", collection: "records", pageSize: 500 });
  for (let waited = 0; heard.length < seq && waited < 200; waited++)
    await new Promise((done) => setTimeout(done, 50));
  heard.sort((a, b) => a.sequence - b.sequence);
  const folded = fold(heard, "w", () => 0);
  const wrong = objects.filter(({ id, version, value }) => {
    const own = folded.values.get(`${id?.collection}/${id?.owner}/${id?.key}`);
    return own?.version !== version || value === undefined || !same(own.value, fromMessage(value));
  }).length;
  const extra = folded.values.size - objects.length;
  const report = {
    operations,
    objects: histories.size,
    disordered,
    events: heard.length,
    seq,
    faults: folded.faults.length,
    wrong,
    extra,
  };
  console.log(values.json ? JSON.stringify(report) : report);
  const faults = disordered + folded.faults.length + wrong + Math.abs(extra) + Math.abs(heard.length - seq);
  process.exitCode = faults === 0 ? 0 : 1;
} finally {
  await subscription.drain();
  await scene.close();
}
// A drained bus leaves the timer of its deadline behind.
process.exit();
