// Kills a crowd at random moments, amid cuts too, and holds its state against that of the same inputs without any kill.
//   node bench/large-world/kill9.ts [--kills 50] [--people 300] [--seed 1] [--postgres] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { startPostgres } from "../../tools/postgres.ts";
import { controlLife } from "./control.ts";
import { ask, type Figures, toldBy } from "./orders.ts";
import { kill, startLife } from "./process.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    people: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    postgres: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const WEIGHT = { memories: 22, relations: 20 };
/** A life between two kills, at most, ms. */
const LONGEST_MS = 2_500;
/** More than it can live in that time. */
const MINUTES = 100_000;

const kills = Number(values.kills);
const people = Number(values.people);
const random = xoroshiro128plus(Number(values.seed));
const draw = (most: number) => Math.abs(random.next()) % most;
const data = mkdtempSync(join(process.cwd(), ".bench-large-world-"));
const control = controlLife();

/** Whether a life is what it would be without any kill. */
function isSame({ people: born, minutes, digest }: Figures): boolean {
  control.populate(born, WEIGHT);
  control.live(minutes);
  return control.digest() === digest;
}

const postgres = values.postgres ? await startPostgres() : undefined;
const url = await postgres?.database("crowd");
let [different, behind] = [0, 0];
let told = 0;
try {
  let life = await startLife(data, url);
  for (let at = 0; at < kills; at++) {
    const { figures } = await ask(life, { do: "figures" });
    if (!isSame(figures)) different += 1;
    if (figures.minutes < told) behind += 1;
    // The first lives are killed while people come into the world.
    const left = people - figures.people;
    const order =
      left > 0
        ? ({ do: "populate", people: left, ...WEIGHT } as const)
        : ({ do: "live", minutes: MINUTES } as const);
    const living = ask(life, order).catch(() => undefined);
    await setTimeout(draw(LONGEST_MS));
    told = await toldBy(life);
    await kill(life);
    await living;
    life = await startLife(data, url);
  }
  const { figures } = await ask(life, { do: "figures" });
  if (!isSame(figures)) different += 1;
  const { figures: last } = await ask(life, { do: "stop" });
  const report = { kills, people: last.people, minutes: last.minutes, different, behind };
  process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
  process.exitCode = different + behind > 0 || last.minutes === 0 ? 1 : 0;
} finally {
  await postgres?.stop();
  rmSync(data, { recursive: true, force: true });
}
