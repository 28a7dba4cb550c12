import { create } from "@bufbuild/protobuf";
import {
  type Flag,
  FlagSchema,
  type PutResponseInit,
  type Ramp,
  type ScheduleStep,
  type Segment,
  SegmentSchema,
} from "@orrery/schema/settings/v1";
import { BUCKETS } from "@orrery/flags";
import { OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";
import type { Turn } from "../write/turn.ts";
import { checkFlag, checkSegment } from "./check.ts";
import { keepFlag, keepSegment } from "./keep.ts";
import { laidOut, movedBy } from "./lay.ts";
import { checkSchedule } from "./patch.ts";
import { rampSteps } from "./ramp.ts";

const FIRST_SALT = "1";

/** @throws SETTINGS_UNKNOWN_FLAG */
export function knownFlag(turn: Pick<Turn, "ground">, key: string): Flag {
  const flag = turn.ground.flags.flags.get(key);
  if (flag === undefined)
    throw new OrreryError(settingsErrors.SETTINGS_UNKNOWN_FLAG, { given: JSON.stringify(key.slice(0, 120)) });
  return flag;
}

function checkRevision(key: string, present: number, expected: number): void {
  if (present !== expected)
    throw new OrreryError(settingsErrors.SETTINGS_REVISION_CONFLICT, {
      given: `${key}: at revision ${present}, expected ${expected}`,
    });
}

export function putFlag(
  turn: Turn,
  given: Flag,
  asked: { readonly expectedRevision: number; readonly confirmReshuffle: boolean; readonly dryRun: boolean },
): PutResponseInit {
  const set = turn.ground.flags;
  const before = set.flags.get(given.key);
  checkRevision(given.key, before?.revision ?? 0, asked.expectedRevision);
  const salt = given.salt || before?.salt || FIRST_SALT;
  const reshuffled = before !== undefined && salt !== before.salt;
  const wanted = create(FlagSchema, {
    ...given,
    salt,
    epoch: (before?.epoch ?? 1) + (reshuffled ? 1 : 0),
    schedule: before?.schedule ?? [],
    scheduleDone: before?.scheduleDone ?? 0,
    revision: (before?.revision ?? 0) + 1,
    archived: false,
  });
  checkFlag(wanted, set);
  checkOrder(before, wanted);
  const flag = laidOut(wanted, before);
  checkSchedule(flag, set);
  const moved = movedBy(before, flag);
  if (reshuffled && !asked.confirmReshuffle && !asked.dryRun) {
    const most = Math.max(0, ...moved.map(({ buckets = 0 }) => buckets));
    const given_ = `${flag.key}: up to ${((100 * most) / BUCKETS).toFixed(1)} % would get another variant`;
    throw new OrreryError(settingsErrors.SETTINGS_RESHUFFLE, { given: given_ });
  }
  if (!asked.dryRun) keepFlag(turn, flag);
  return { flag, snapshotVersion: turn.ground.flags.version, moved, changed: !asked.dryRun };
}

/** The order of variants is fixed when they are made: new ones come behind. */
function checkOrder(before: Flag | undefined, after: Flag): void {
  const moved = before?.variants.find(({ name }, at) => after.variants[at]?.name !== name);
  if (moved !== undefined)
    throw new OrreryError(settingsErrors.SETTINGS_FLAG_INVALID, {
      given: `${after.key}: variants keep their order and stay, ${moved.name} among them; new ones come behind`,
    });
}

export function putSegment(turn: Turn, given: Segment, expectedRevision: number): Segment {
  const before = turn.ground.segments.get(given.name);
  checkRevision(`segment ${given.name}`, before?.revision ?? 0, expectedRevision);
  const segment = create(SegmentSchema, { ...given, revision: expectedRevision + 1 });
  checkSegment(segment, turn.ground.flags);
  keepSegment(turn, segment);
  return segment;
}

export function archiveFlag(turn: Turn, key: string, expectedRevision: number): PutResponseInit {
  const before = knownFlag(turn, key);
  checkRevision(key, before.revision, expectedRevision);
  return change(turn, { ...before, archived: true, ...withoutSteps(before) });
}

/** Off, and nothing that was planned turns it on again. */
export function killFlag(turn: Turn, key: string): PutResponseInit {
  const before = knownFlag(turn, key);
  return change(turn, { ...before, enabled: false, ...withoutSteps(before) }, true);
}

export function scheduleFlag(
  turn: Turn,
  key: string,
  expectedRevision: number,
  asked: { readonly steps: readonly ScheduleStep[]; readonly ramp?: Ramp | undefined },
): PutResponseInit {
  const before = knownFlag(turn, key);
  checkRevision(key, before.revision, expectedRevision);
  const steps = [...asked.steps, ...(asked.ramp === undefined ? [] : rampSteps(before, asked.ramp))];
  const done = before.schedule.slice(0, before.scheduleDone);
  const flag = create(FlagSchema, { ...before, schedule: [...done, ...steps] });
  checkSchedule(flag, turn.ground.flags);
  return change(turn, flag);
}

const withoutSteps = ({ schedule, scheduleDone }: Flag) => ({ schedule: schedule.slice(0, scheduleDone) });

function change(turn: Turn, flag: Flag, emergency = false): PutResponseInit {
  const next = create(FlagSchema, { ...flag, revision: flag.revision + 1 });
  keepFlag(turn, next, emergency);
  return { flag: next, snapshotVersion: turn.ground.flags.version, moved: [], changed: true };
}
