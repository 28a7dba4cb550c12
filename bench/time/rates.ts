// Game time against rate times real time, at several rates at once: node bench/time/rates.ts [--seconds 25] [--json]
import { parseArgs } from "node:util";
import { openScene, wait } from "./scene.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "25" }, json: { type: "boolean", default: false } },
});
const RATES = [45, 61, 90, 3_600];

interface Reading {
  readonly gs: number;
  readonly ms: number;
}

const scene = await openScene();
try {
  const worlds = await scene.create(RATES);
  /** The second that each clock shows, and the real instant of the reading (the middle of the call). */
  const read = () =>
    Promise.all(
      worlds.map(async (worldId) => {
        const before = performance.now();
        const { now } = await scene.time.getClock({ worldId });
        return { gs: now?.atGs ?? Number.NaN, ms: (before + performance.now()) / 2 };
      }),
    );
  const first = await read();
  await wait(Number(values.seconds) * 1000);
  const last = await read();
  const apart = RATES.map((rate, at) => {
    const [begin, end] = [first[at] as Reading, last[at] as Reading];
    const gameS = end.gs - begin.gs;
    const expectedS = ((end.ms - begin.ms) / 1000) * rate;
    return { rate, gameS, expectedS, apartRealMs: (Math.abs(gameS - expectedS) / rate) * 1000 };
  });
  const result = { seconds: Number(values.seconds), apart };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await scene.close();
}
process.exit(0);
