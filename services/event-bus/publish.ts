import { randomUUID } from "node:crypto";
import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { PublishRequest } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { type Call, callerName, checkTimes, serviceErrors } from "@orrery/service";
import { createFrameWriter, fromJsonValue, OrreryError, requireSubjects } from "@orrery/wire";
import { journalErrors } from "./errors.ts";
import { erasing } from "./erasing/part.ts";
import { journal } from "./journal/part.ts";

/** Who says what is said by hand. */
const OPERATOR = "operator";

/**
 * An event said by hand: checked against its type, and sent where every other goes.
 * @throws BUS_SCHEMA_UNKNOWN, BUS_UNKNOWN_EVENT, RPC_FIELD_INVALID, WIRE_NO_SUBJECT
 */
export async function publish({ worldId: world, type, json }: PublishRequest, call: Call) {
  const { kit } = call;
  const codec = codecs.get(type);
  if (codec?.event === undefined)
    throw new OrreryError(journalErrors.BUS_SCHEMA_UNKNOWN, { given: `an event of type ${type}` });
  if (call.part(journal).keeper.newest(world) === 0)
    throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, { given: `anything of a world ${world}` });
  let event: unknown;
  try {
    event = fromJsonValue(codec, JSON.parse(json));
  } catch (cause) {
    const why =
      cause instanceof OrreryError ? String((cause.cause as Error)?.message ?? cause) : String(cause);
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `json: ${why}`, cause });
  }
  const id = { publisher: `${OPERATOR}/${world}/${randomUUID()}`, sequence: 1 };
  const { lane } = codec.event;
  const writer = createFrameWriter({
    publisher: id.publisher,
    source: OPERATOR,
    world,
    lane,
    fingerprint: kit.fingerprint,
    firstSequence: id.sequence,
  });
  checkTimes(codec.schema as DescMessage, event as Message);
  requireSubjects(codec, event);
  writer.append(codec, event as never, { timeMs: kit.clock.now() });
  const { frames } = await call
    .part(erasing)
    .personal.sealFrame(writer.finish(), kit.bus.transport.features.maxFrameBytes);
  await kit.bus.send(...frames);
  kit.log.warn({ world, type, id, by: callerName(call.caller) }, "an event was said by hand");
  return { id };
}
