import { PersonalService, SubjectKeyService } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { callerName, serve, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { erasing, VALID_MS } from "./part.ts";

const MOST = { keys: 1_000, subject: 200, frameBytes: 1024 * 1024 } as const;
const KEY_ID = /^[0-9a-f]{32}$/;

const invalid = (given: string) => new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });

export const subjectKeyRpc = serve(SubjectKeyService, {
  async keys({ worldId, subjects, keyIds }, call) {
    if (subjects.length + keyIds.length > MOST.keys)
      throw invalid(`${subjects.length + keyIds.length} keys, at most ${MOST.keys}`);
    const odd = subjects.find((subject) => subject.length > MOST.subject);
    if (odd !== undefined) throw invalid(`a subject of ${odd.length} characters, at most ${MOST.subject}`);
    if (subjects.length > 0 && worldId === "") throw invalid("world_id is empty");
    const known = call.part(erasing);
    const found = [
      ...(await known.ofSubjects(worldId, [...new Set(subjects)])),
      ...(await known.ofIds(keyIds.filter((id) => KEY_ID.test(id)))),
    ];
    const keys = found.map(({ key, ...held }) => ({ ...held, key: key ?? new Uint8Array() }));
    return { keys, validMs: VALID_MS };
  },
});

export const personalRpc = serve(PersonalService, {
  async eraseSubject({ subject, worldId: world, note, dryRun }, call) {
    if (subject === "") throw invalid("subject is empty");
    const by = callerName(call.caller);
    const worlds = await call.part(erasing).erase({ subject, world, note, by, dryRun });
    return {
      worlds: [...worlds],
      events: worlds.reduce((sum, { events }) => sum + events, 0),
      withinMs: VALID_MS,
    };
  },
  async sealFrames({ frames, maxBytes }, call) {
    const { personal } = call.part(erasing);
    const sealed = [];
    for (const frame of frames) sealed.push(await personal.sealFrame(frame, maxBytes || MOST.frameBytes));
    return {
      frames: sealed.flatMap((one) => one.frames),
      erased: [...new Set(sealed.flatMap((one) => one.erased))],
    };
  },
  async openMessage({ type, place, message }, call) {
    const codec = codecs.get(type);
    if (codec === undefined) throw new OrreryError(journalErrors.BUS_SCHEMA_UNKNOWN, { given: type });
    const { bytes, erased } = await call.part(erasing).personal.openMessage(codec, message, place);
    return { message: bytes, erased: [...erased] };
  },
});
