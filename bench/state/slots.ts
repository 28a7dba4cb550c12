// How long it takes to save and load a slot of 200 objects.
//   node bench/state/slots.ts [--rounds 20] [--json]
import { parseArgs } from "node:util";
import { StateService } from "@orrery/schema/state/v1";
import { percentile } from "../journal/percentile.ts";
import { put } from "./requests.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "20" }, json: { type: "boolean", default: false } },
});
const OBJECTS = 200;
const ME = "player:saver";
const scene = await openScene("sqlite");
const player = scene.host.directory.client(StateService, { role: "player", id: ME, scopes: [] });

async function change(n: number): Promise<void> {
  for (let at = 0; at < OBJECTS; at += 100)
    await scene.state.write({
      worldId: "w",
      operations: Array.from({ length: 100 }, (_, i) => put("progress", ME, `part-${at + i}`, n)),
    });
}

async function values200(): Promise<string> {
  const { objects } = await scene.state.list({
    worldId: "w",
    collection: "progress",
    owner: ME,
    pageSize: 500,
    asJson: true,
  });
  return objects.map(({ id, json }) => `${id?.key} ${json}`).join("\n");
}

try {
  const saves: number[] = [];
  const loads: number[] = [];
  let differences = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    await change(round * 2);
    const saved = await values200();
    const saveMs = performance.now();
    await player.saveSlot({ worldId: "w", name: "slot" });
    saves.push(performance.now() - saveMs);
    await change(round * 2 + 1);
    const loadMs = performance.now();
    await player.loadSlot({ worldId: "w", name: "slot" });
    loads.push(performance.now() - loadMs);
    if ((await values200()) !== saved) differences += 1;
  }
  const report = {
    objects: OBJECTS,
    saveMs: percentile(saves, 0.5),
    loadMs: percentile(loads, 0.5),
    differences,
  };
  console.log(values.json ? JSON.stringify(report) : report);
  process.exitCode = differences === 0 ? 0 : 1;
} finally {
  await scene.close();
}
// A drained bus leaves the timer of its deadline behind.
process.exit();
