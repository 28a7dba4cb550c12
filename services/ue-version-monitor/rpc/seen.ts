import {
  AcknowledgeRequest,
  AcknowledgeResponse,
  Announcement,
  CorrectSubjectRequest,
  CorrectSubjectResponse,
  Channel,
  IgnoreRequest,
  IgnoredRangeSchema,
  IgnoreResponse,
  SnoozeRequest,
  SnoozeResponse,
  VersionSchema,
} from "@orrery/schema/engine/v1";
import { create } from "@bufbuild/protobuf";
import { versionRange } from "@orrery/engine-version";
import { type Call, callerName, serviceErrors } from "@orrery/service";
import { type MessageOf, OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import { answerKey } from "../keep/answers.ts";
import { keeper } from "../keep/keeper.ts";
import { announce } from "../notices/announce.ts";
import { announcedAnew } from "../sightings/announce.ts";
import { mustSighting, mustVersion } from "../sightings/must.ts";
import { textOf } from "../sightings/newest.ts";
import { putSightings, readSightings } from "../sightings/store.ts";
import { versionMessage } from "../sightings/version.ts";
import { putSubject, readSubject } from "../subjects/state.ts";
import { subjectFile, subjectView } from "./view.ts";

const SNOOZE_MOST_MS = 90 * 86_400_000;

export function acknowledge(request: MessageOf<typeof AcknowledgeRequest>, call: Call) {
  const file = subjectFile(call.kit, request.subjectId);
  return call.part(keeper).submit({
    answer: answerKey(call.caller, AcknowledgeRequest, request),
    reply: AcknowledgeResponse,
    async run({ db }) {
      const before = await mustSighting(db, file.id, request.version);
      const sighting = { ...before, announcement: Announcement.ACKNOWLEDGED, snoozedUntilMs: 0 };
      await putSightings(db, [sighting]);
      return { sighting };
    },
  });
}

export function snooze(request: MessageOf<typeof SnoozeRequest>, call: Call) {
  const file = subjectFile(call.kit, request.subjectId);
  const { untilMs } = request;
  return call.part(keeper).submit({
    answer: answerKey(call.caller, SnoozeRequest, request),
    reply: SnoozeResponse,
    async run({ db, nowMs }) {
      if (!(untilMs > nowMs && untilMs <= nowMs + SNOOZE_MOST_MS))
        throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
          given: `until_ms ${untilMs}: a moment within the next 90 days`,
        });
      const before = await mustSighting(db, file.id, request.version);
      const sighting = { ...before, announcement: Announcement.SNOOZED, snoozedUntilMs: untilMs };
      await putSightings(db, [sighting]);
      return { sighting };
    },
  });
}

export function ignore(request: MessageOf<typeof IgnoreRequest>, call: Call) {
  const file = subjectFile(call.kit, request.subjectId);
  const { range, why } = request;
  const isWithin = versionRange(range);
  if (
    range.trim() === "" ||
    range.length > 200 ||
    isWithin === undefined ||
    why.trim() === "" ||
    why.length > 500
  )
    throw new OrreryError(engineErrors.ENGINE_RANGE, { given: JSON.stringify(range.slice(0, 80)) });
  return call.part(keeper).submit({
    answer: answerKey(call.caller, IgnoreRequest, request),
    reply: IgnoreResponse,
    async run({ db, nowMs: atMs }) {
      const kept = await readSubject(db, file);
      const by = callerName(call.caller);
      const others = kept.ignored.filter((one) => one.range !== range);
      await putSubject(db, file.id, {
        ...kept,
        ignored: [...others, create(IgnoredRangeSchema, { range, by, why, atMs })],
      });
      const found = [...(await readSightings(db, file.id)).values()].filter(
        (one) => isWithin(textOf(one)) && one.announcement !== Announcement.IGNORED,
      );
      const after = found.map((one) => ({
        ...one,
        announcement: Announcement.IGNORED,
        ignoredBy: by,
        ignoredWhy: why,
      }));
      await putSightings(db, after);
      return { ignored: after.length };
    },
  });
}

export async function correctSubject(request: MessageOf<typeof CorrectSubjectRequest>, call: Call) {
  const { kit } = call;
  const file = subjectFile(kit, request.subjectId);
  const { channel, current, reason } = request;
  if (reason.trim() === "" || reason.length > 500)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: "reason: say why, in at most 500 characters",
    });
  const version = current === "" ? undefined : mustVersion(file.id, current);
  await call.part(keeper).submit({
    answer: answerKey(call.caller, CorrectSubjectRequest, request),
    reply: CorrectSubjectResponse,
    async run(turn) {
      const before = await readSubject(turn.db, file);
      const after = {
        ...before,
        channel: channel === Channel.UNSPECIFIED ? before.channel : channel,
        ...(version !== undefined && {
          current: create(VersionSchema, versionMessage(version)),
          correctedBy: callerName(call.caller),
          correctedWhy: reason,
        }),
      };
      await putSubject(turn.db, file.id, after);
      const news = announcedAnew(after, [...(await readSightings(turn.db, file.id)).values()]);
      await putSightings(turn.db, news);
      await announce(kit, turn, news);
      return {};
    },
  });
  return { subject: await subjectView(kit, file) };
}
