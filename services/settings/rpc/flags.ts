import {
  ArchiveRequest,
  type EvaluateRequest,
  type EvaluateResponse,
  type ExplainRequest,
  type ExplainResponse,
  type FlagServiceListRequest,
  type FlagServiceListResponse,
  FlagChanged,
  FlagSchema,
  type GetSnapshotRequest,
  type GetSnapshotResponse,
  KillRequest,
  PutRequest,
  PutResponse,
  PutSegmentRequest,
  PutSegmentResponse,
  ScheduleRequest,
  SegmentSchema,
} from "@orrery/schema/settings/v1";
import { create } from "@bufbuild/protobuf";
import { contextFrom, evaluate as evaluateOne, explain as explainOne } from "@orrery/flags";
import { type Call, pageAsked, pageOf, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { archiveFlag, killFlag, putFlag, putSegment, scheduleFlag } from "../flags/jobs.ts";
import { DELTAS_MOST } from "../flags/keep.ts";
import type { SettingsTables } from "../tables.ts";
import { keeper } from "../write/keeper.ts";
import { PAGES } from "./pages.ts";
import { submit } from "./submit.ts";

const ASKED_MOST = 500;

export async function getSnapshot(
  { sinceVersion }: GetSnapshotRequest,
  call: Call,
): Promise<InitOf<typeof GetSnapshotResponse>> {
  const { flags, segments } = call.part(keeper).ground;
  const { version: snapshotVersion } = flags;
  if (sinceVersion === snapshotVersion && sinceVersion > 0) return { snapshotVersion };
  if (sinceVersion > 0 && sinceVersion < snapshotVersion && snapshotVersion - sinceVersion <= DELTAS_MOST) {
    const rows = await call.kit.store
      .as<SettingsTables>()
      .selectFrom("flag_change")
      .select("body")
      .where("version", ">", sinceVersion)
      .where("version", "<=", snapshotVersion)
      .orderBy("version")
      .execute();
    if (rows.length === snapshotVersion - sinceVersion)
      return { snapshotVersion, changes: rows.map(({ body }) => FlagChanged.decode(body)) };
  }
  const whole = { snapshotVersion, flags: [...flags.flags.values()], segments: [...segments.values()] };
  return { snapshotVersion, whole };
}

export function evaluate(
  { flagKeys, context }: EvaluateRequest,
  call: Call,
): InitOf<typeof EvaluateResponse> {
  const { flags } = call.part(keeper).ground;
  if (flagKeys.length > ASKED_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${flagKeys.length} flags, at most ${ASKED_MOST}`,
    });
  const keys = flagKeys.length === 0 ? [...flags.flags.keys()] : flagKeys;
  const about = contextFrom(context);
  const evaluations = keys.map((flagKey) => {
    const { variant, value, reason, errorCode = "" } = evaluateOne(flags, flagKey, about);
    return { flagKey, variant, ...(value && { value }), reason, errorCode };
  });
  return { evaluations, snapshotVersion: flags.version };
}

export function explain({ flagKey, context }: ExplainRequest, call: Call): InitOf<typeof ExplainResponse> {
  const { flags } = call.part(keeper).ground;
  const { outcome, steps, bucket, bucketInput } = explainOne(flags, flagKey, contextFrom(context));
  const { variant, value, reason, errorCode = "" } = outcome;
  return {
    evaluation: { flagKey, variant, ...(value && { value }), reason, errorCode },
    steps: [...steps],
    ...(bucket !== undefined && { bucket }),
    bucketInput,
    snapshotVersion: flags.version,
  };
}

export function list(request: FlagServiceListRequest, call: Call): InitOf<typeof FlagServiceListResponse> {
  const { prefix, archived, overdue, ...asked } = request;
  const page = pageAsked(asked, ["flags", prefix, archived, overdue], ["number"], PAGES);
  const { flags } = call.part(keeper).ground;
  const nowMs = call.kit.hostMs();
  const found = [...flags.flags.values()]
    .filter((flag) => flag.key.startsWith(prefix) && flag.archived === archived)
    .filter(({ reviewByMs }) => !overdue || (reviewByMs > 0 && reviewByMs < nowMs))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const { items, nextPageToken } = pageOf(found, page);
  return { flags: items, nextPageToken, snapshotVersion: flags.version };
}

export async function put(request: PutRequest, call: Call) {
  const { flag, ...asked } = request;
  return submit(call, [PutRequest, request], PutResponse, [], (turn) =>
    putFlag(turn, flag ?? create(FlagSchema), asked),
  );
}

export async function putSegmentCall(request: PutSegmentRequest, call: Call) {
  const { segment, expectedRevision } = request;
  return submit(call, [PutSegmentRequest, request], PutSegmentResponse, [], (turn) => ({
    segment: putSegment(turn, segment ?? create(SegmentSchema), expectedRevision),
    snapshotVersion: turn.ground.flags.version,
  }));
}

export async function archive(request: ArchiveRequest, call: Call) {
  const { flagKey, expectedRevision } = request;
  return submit(call, [ArchiveRequest, request], PutResponse, [], (turn) =>
    archiveFlag(turn, flagKey, expectedRevision),
  );
}

export async function schedule(request: ScheduleRequest, call: Call) {
  const { flagKey, expectedRevision, steps, ramp } = request;
  return submit(call, [ScheduleRequest, request], PutResponse, [], (turn) =>
    scheduleFlag(turn, flagKey, expectedRevision, { steps, ramp }),
  );
}

export async function kill(request: KillRequest, call: Call) {
  const { flagKey, reason } = request;
  call.kit.log.warn({ flag: flagKey, reason, by: call.caller.id }, "a flag was killed");
  return submit(call, [KillRequest, request], PutResponse, [], (turn) => killFlag(turn, flagKey));
}
