import type { StateCheckpoint } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { LastSaid } from "@orrery/schema/simulation/v1";
import type { Personal } from "@orrery/service";
import { type OpenPage, openPages } from "@orrery/simulation";
import type { Forks } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";
import { checkpointsIn, segmentOf } from "./checkpoints.ts";
import { fieldsThatDiffer } from "./fields.ts";

const DAY_GS = 86_400;
/** Differs between any two worlds. */
const OWN_NAME = "world_id";

/** States of two worlds at the checkpoints of the last game day that both have, by digest, then field by field. */
export async function diffStates(
  reader: Reader,
  forks: Forks,
  personal: Personal,
  a: string,
  b: string,
  after: number,
) {
  const [ofA, ofB] = [await checkpoints(reader, forks, a, after), await checkpoints(reader, forks, b, after)];
  const states = [];
  for (const [writer, daysA] of ofA) {
    const daysB = ofB.get(writer);
    const day = Math.max(...[...daysA.keys()].filter((known) => daysB?.has(known)), Number.NEGATIVE_INFINITY);
    const [inA, inB] = [daysA.get(day), daysB?.get(day)];
    if (inA === undefined || inB === undefined) continue;
    const [stateA, stateB] = [await opened(reader, personal, a, inA), await opened(reader, personal, b, inB)];
    const fields = whatDiffers(stateA, stateB);
    const { service, shard } = inA;
    const part = partIn(shard);
    states.push({ service, part, atGs: inA.atGs, same: fields.length === 0, fields });
  }
  return states;
}

type Opened = ReadonlyMap<string, OpenPage>;

/** The pages of a checkpoint's state, by name. */
async function opened(
  reader: Reader,
  personal: Personal,
  world: string,
  { manifest }: StateCheckpoint,
): Promise<Opened> {
  const pages = new Map<string, OpenPage>();
  for (const use of manifest?.segments ?? []) {
    const parts = await segmentOf(reader, world, use);
    const bytes = new Uint8Array(Buffer.concat(parts.map((part) => part.bytes)));
    for (const [name, page] of await openPages(personal, codecs, use, bytes)) pages.set(name, page);
  }
  return pages;
}

/**
 * Fields of the root, and messages of tables by `table/id`, the first of many. Two worlds seal with keys of their own: what
 * states hold is compared, not how it is sealed. Nothing but their names differs: they are the same.
 */
function whatDiffers(a: Opened, b: Opened): string[] {
  const [rootA, rootB] = [a.get(ROOT), b.get(ROOT)];
  const told = rootA && rootB && fieldsThatDiffer(rootA.type, rootA.bytes, rootB.bytes);
  const fields = told?.map(({ field }) => field).filter((field) => field !== OWN_NAME);
  const pages = [...new Set([...a.keys(), ...b.keys()])].filter((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    if (name === ROOT && fields !== undefined) return false;
    // What newcomers are told was told: it is compared among the events.
    if ((one ?? other)?.type === LastSaid.typeName) return false;
    return one === undefined || other === undefined || Buffer.compare(one.bytes, other.bytes) !== 0;
  });
  const more = pages.length > MOST_PAGES ? [`and ${pages.length - MOST_PAGES} more`] : [];
  return [...(fields ?? []), ...pages.slice(0, MOST_PAGES), ...more];
}

/** Of a shard's name what is the same in every world: `<aggregate>/<shard>`. */
const partIn = (shard: string) => shard.split("/").slice(2).join("/");

const ROOT = "root";
const MOST_PAGES = 50;

/** By `<service>/<aggregate>/<shard>` and game day: the last checkpoint of that day after the common past. */
async function checkpoints(
  reader: Reader,
  forks: Forks,
  world: string,
  after: number,
): Promise<Map<string, Map<number, StateCheckpoint>>> {
  const found = new Map<string, Map<number, StateCheckpoint>>();
  const asked = {
    after: Math.max(after, forks.startOf(world)),
    newest: Number.MAX_SAFE_INTEGER,
    newestFirst: false,
  };
  for await (const { checkpoint } of checkpointsIn(reader, world, undefined, asked)) {
    const writer = `${checkpoint.service}/${partIn(checkpoint.shard)}`;
    const days = found.get(writer) ?? new Map<number, StateCheckpoint>();
    days.set(Math.floor(checkpoint.atGs / DAY_GS), checkpoint);
    found.set(writer, days);
  }
  return found;
}
