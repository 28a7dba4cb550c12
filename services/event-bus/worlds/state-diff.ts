import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, IntakeCommitted } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { LastSaid } from "@orrery/schema/simulation/v1";
import type { Personal } from "@orrery/service";
import { openImage } from "@orrery/simulation";
import type { Forks } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";
import { fieldsThatDiffer } from "./fields.ts";

const PAGE = 500;
const DAY_GS = 86_400;
/** Differs between any two worlds. */
const OWN_NAME = "world_id";

interface Held {
  readonly atGs: number;
  /** simulation.v1.StateImage. */
  readonly state: Uint8Array;
}

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
  for (const [service, daysA] of ofA) {
    const daysB = ofB.get(service);
    const day = Math.max(...[...daysA.keys()].filter((known) => daysB?.has(known)), Number.NEGATIVE_INFINITY);
    const [inA, inB] = [daysA.get(day), daysB?.get(day)];
    if (inA === undefined || inB === undefined) continue;
    const [stateA, stateB] = [
      await openImage(personal, codecs, inA.state),
      await openImage(personal, codecs, inB.state),
    ];
    const fields = whatDiffers(stateA, stateB);
    states.push({ service, atGs: inA.atGs, same: fields.length === 0, fields });
  }
  return states;
}

type Opened = Awaited<ReturnType<typeof openImage>>;

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

const ROOT = "root";
const MOST_PAGES = 50;

/** By service and game day: the last checkpoint of that day after the common past. */
async function checkpoints(
  reader: Reader,
  forks: Forks,
  world: string,
  after: number,
): Promise<Map<string, Map<number, Held>>> {
  const found = new Map<string, Map<number, Held>>();
  const pieces = new Map<string, Uint8Array[]>();
  const filter = create(EventFilterSchema, { types: [IntakeCommitted.typeName] });
  const newest = Number.MAX_SAFE_INTEGER;
  const from = Math.max(after, forks.startOf(world));
  for (let at: number | undefined = from; at !== undefined; ) {
    const asked = { world, filter, after: at, newest, newestFirst: false, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    for (const { payload } of page.events) {
      const { service, intakeSeq, checkpoint, atGs } = IntakeCommitted.decode(payload as Uint8Array);
      if (checkpoint === undefined) continue;
      const name = `${service}/${intakeSeq}`;
      const own = [...(pieces.get(name) ?? []), checkpoint.state];
      pieces.set(name, own);
      if (own.length < checkpoint.parts) continue;
      const days = found.get(service) ?? new Map<number, Held>();
      const state = new Uint8Array(Buffer.concat(own));
      days.set(Math.floor(atGs / DAY_GS), { atGs, state });
      found.set(service, days);
    }
    at = page.at;
  }
  return found;
}
