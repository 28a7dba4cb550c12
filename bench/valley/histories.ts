// Two seeds live a month of the whole valley, and one of them twice: how much of what happened is another story.
//   node bench/valley/histories.ts [--days 30] [--seeds one,two] [--json]
import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readPack } from "@orrery/pack";
import { NpcDied, RelationshipChanged } from "@orrery/schema/npc/v1";
import { PriceChanged, RegionControlChanged } from "@orrery/schema/world/v1";
import { type Said, startTogether } from "./together.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "30" },
    seeds: { type: "string", default: "one,two" },
    json: { type: "boolean", default: false },
  },
});
const days = Number(values.days);
const DEAR = 1.5;

/** What of an event belongs into a history: of which kind, and who or what. */
function chapterOf({ type, payload }: Said): readonly [kind: string, what: string] | undefined {
  if (type === RelationshipChanged.typeName) {
    const { npcId, toId, scoreBefore, scoreAfter } = RelationshipChanged.decode(payload);
    return scoreAfter < scoreBefore ? ["quarrels", `${npcId} ${toId}`] : undefined;
  }
  if (type === PriceChanged.typeName) {
    const { regionId, goodId, ratio } = PriceChanged.decode(payload);
    return ratio > DEAR ? ["prices", `${regionId} ${goodId}`] : undefined;
  }
  if (type === RegionControlChanged.typeName) {
    const { regionId, holderId, prevHolderId } = RegionControlChanged.decode(payload);
    return holderId === prevHolderId ? undefined : ["land", `${regionId} ${holderId}`];
  }
  if (type === NpcDied.typeName) return ["deaths", NpcDied.decode(payload).npcId];
  return undefined;
}

const { pack } = await readPack(join(import.meta.dirname, "../../worlds/hollowmere"));
const KINDS = ["quarrels", "prices", "land", "deaths"] as const;

function live(seed: string) {
  const began = performance.now();
  const valley = startTogether(structuredClone(pack), seed);
  const hash = createHash("sha256");
  const chapters = new Map<string, Set<string>>(KINDS.map((kind) => [kind, new Set()]));
  let events = 0;
  for (let day = 0; day < days; day++)
    for (const said of valley.passDay(day)) {
      events += 1;
      hash.update(said.type).update(said.payload);
      const [kind = "", what = ""] = chapterOf(said) ?? [];
      chapters.get(kind)?.add(`${what} day ${day}`);
    }
  return { chapters, events, digest: hash.digest("hex"), seconds: (performance.now() - began) / 1_000 };
}

const [first = "one", second = "two"] = values.seeds.split(",");
const [one, other, again] = [live(first), live(second), live(first)];

/** Of all that happened in either, the share that happened in one alone. */
function apart(kinds: readonly string[]) {
  const named = (of: typeof one) =>
    new Set(kinds.flatMap((kind) => [...(of.chapters.get(kind) ?? [])].map((what) => `${kind} ${what}`)));
  const [a, b] = [named(one), named(other)];
  const all = a.union(b).size;
  return all === 0 ? 0 : Number((a.symmetricDifference(b).size / all).toFixed(3));
}
const report = {
  days,
  seeds: [first, second],
  happened: KINDS.map((kind) => [
    kind,
    one.chapters.get(kind)?.size ?? 0,
    other.chapters.get(kind)?.size ?? 0,
  ]),
  apart: apart(KINDS),
  apartByKind: Object.fromEntries(KINDS.map((kind) => [kind, apart([kind])])),
  events: [one.events, other.events, again.events],
  sameAgain: one.digest === again.digest,
  otherBytes: one.digest !== other.digest,
  seconds: [one, other, again].map(({ seconds }) => Number(seconds.toFixed(1))),
};
console.log(JSON.stringify(report, null, values.json ? undefined : 2));
