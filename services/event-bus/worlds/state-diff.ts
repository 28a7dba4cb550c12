import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, IntakeCommitted } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { type Personal, statePlace } from "@orrery/service";
import type { Forks } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";
import { fieldsThatDiffer } from "./fields.ts";

const PAGE = 500;
const DAY_GS = 86_400;
/** Differs between any two worlds. */
const OWN_NAME = "world_id";

interface Held {
  readonly atGs: number;
  readonly type: string;
  readonly sha256: Uint8Array;
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
    const [stateA, stateB] = [await openState(personal, inA), await openState(personal, inB)];
    const told = fieldsThatDiffer(inA.type, stateA, stateB);
    const fields = (told ?? []).map(({ field }) => field).filter((field) => field !== OWN_NAME);
    // Two worlds' states are the same when nothing but their names differs.
    const same = told === undefined ? Buffer.compare(inA.sha256, inB.sha256) === 0 : fields.length === 0;
    states.push({ service, atGs: inA.atGs, same, fields });
  }
  return states;
}

/** Two worlds seal with keys of their own: what states hold is compared, not how it is sealed. */
async function openState(personal: Personal, { type, state }: Held): Promise<Uint8Array> {
  const codec = codecs.get(type);
  return codec === undefined ? state : (await personal.openMessage(codec, state, statePlace(type))).bytes;
}

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
      days.set(Math.floor(atGs / DAY_GS), {
        atGs,
        type: checkpoint.stateType,
        sha256: checkpoint.sha256,
        state,
      });
      found.set(service, days);
    }
    at = page.at;
  }
  return found;
}
