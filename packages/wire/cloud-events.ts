// Events as CloudEvents 1.0 in JSON, for webhooks and people; one to one.
import type { DescMessage, JsonValue, Registry } from "@bufbuild/protobuf";
import { wireErrors } from "./catalogue.ts";
import type { Codec } from "./codec/codec.ts";
import type { Lane } from "./codec/event-facts.ts";
import { OrreryError } from "./errors.ts";
import type { FrameEvent } from "./frame/cursor.ts";
import type { EventId, FrameHead } from "./frame/head.ts";
import { fromJsonValue, toJsonValue } from "./json.ts";

export interface CloudEvent {
  readonly specversion: "1.0";
  /** `<publisher>/<sequence>`. */
  readonly id: string;
  /** `/orrery/<world>/<service>`. */
  readonly source: string;
  readonly type: string;
  /** The key; absent when the event has none. */
  readonly subject?: string;
  /** RFC 3339 in UTC, to the ms, or to the µs when the time has fractions. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  /** `urn:orrery:schema:<type>:<fingerprint>`, or below the schema URL that was given. */
  readonly dataschema: string;
  /** The event in protobuf's JSON form. */
  readonly data: JsonValue;
  readonly sequence: string;
  readonly lane: Lane;
  /** Game seconds of the event's `at_gs`, as text: they outgrow the 32 bits of CloudEvents' integers. */
  readonly gameseconds?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
}

export interface CloudEventOptions {
  /** Where schemas can be fetched; `<schemaUrl>/<type>?fingerprint=<fingerprint>` is then the dataschema. */
  readonly schemaUrl?: string;
  /** For fields of type Any. */
  readonly registry?: Registry;
}

/** The CloudEvent of a frame's event; `codec` is the one of its type. */
export function toCloudEvent(
  frame: Pick<FrameHead, "publisher" | "world" | "source" | "lane" | "fingerprint">,
  event: Pick<FrameEvent, "sequence" | "type" | "key" | "timeMs" | "cause" | "traceparent" | "decode">,
  codec: Codec,
  options: CloudEventOptions = {},
): CloudEvent {
  const message = event.decode(codec) as { readonly atGs?: unknown };
  const { cause, traceparent } = event;
  return {
    specversion: "1.0",
    id: idText({ publisher: frame.publisher, sequence: event.sequence }),
    source: `/orrery/${encodeURIComponent(frame.world)}/${encodeURIComponent(frame.source)}`,
    type: event.type,
    ...(event.key === "" ? {} : { subject: event.key }),
    time: timeText(event.timeMs),
    datacontenttype: "application/json",
    dataschema:
      options.schemaUrl === undefined
        ? `urn:orrery:schema:${event.type}:${frame.fingerprint}`
        : `${options.schemaUrl}/${event.type}?fingerprint=${frame.fingerprint}`,
    data: toJsonValue(codec, message, options.registry),
    sequence: String(event.sequence),
    lane: frame.lane,
    ...(hasAtGs(codec) ? { gameseconds: String(message.atGs) } : {}),
    ...(cause === undefined ? {} : { causationid: idText(cause) }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** What a CloudEvent of ours says. */
export interface FromCloudEvent<M> {
  readonly id: EventId;
  readonly world: string;
  readonly source: string;
  readonly lane: Lane;
  readonly type: string;
  readonly key: string;
  readonly timeMs: number;
  readonly fingerprint: string;
  readonly cause: EventId | undefined;
  readonly traceparent: string | undefined;
  readonly message: M;
}

/** The event of a CloudEvent that `toCloudEvent` made. Throws WIRE_MALFORMED, WIRE_TYPE_MISMATCH. */
export function fromCloudEvent<M>(
  given: CloudEvent,
  codec: Codec<M>,
  options: CloudEventOptions = {},
): FromCloudEvent<M> {
  if (given.type !== codec.typeName) {
    throw new OrreryError(wireErrors.WIRE_TYPE_MISMATCH, {
      given: `${given.type} read as ${codec.typeName}`,
    });
  }
  const [, root, world, source, ...rest] = String(given.source).split("/");
  const timeMs = timeOf(String(given.time));
  if (
    given.specversion !== "1.0" ||
    root !== "orrery" ||
    world === undefined ||
    source === undefined ||
    rest.length > 0
  ) {
    throw new OrreryError(wireErrors.WIRE_MALFORMED, {
      given: `specversion ${given.specversion}, source ${given.source}`,
    });
  }
  return {
    id: idOf(given.id),
    world: decodeURIComponent(world),
    source: decodeURIComponent(source),
    lane: given.lane,
    type: given.type,
    key: given.subject ?? "",
    timeMs,
    fingerprint: /[0-9a-f]{16}$/.exec(given.dataschema)?.[0] ?? "",
    cause: given.causationid === undefined ? undefined : idOf(given.causationid),
    traceparent: given.traceparent,
    message: fromJsonValue(codec, given.data, options.registry),
  };
}

function hasAtGs(codec: Codec): boolean {
  return (codec.schema as DescMessage).fields.some((field) => field.name === "at_gs");
}

function idText(id: EventId): string {
  return `${id.publisher}/${id.sequence}`;
}

function idOf(text: string): EventId {
  const slash = text.lastIndexOf("/");
  const sequence = Number(text.slice(slash + 1));
  if (slash < 0 || !Number.isSafeInteger(sequence) || sequence < 0) {
    throw new OrreryError(wireErrors.WIRE_MALFORMED, { given: `event id ${text}` });
  }
  return { publisher: text.slice(0, slash), sequence };
}

function timeText(timeMs: number): string {
  const whole = Math.floor(timeMs);
  const text = new Date(whole).toISOString();
  if (whole === timeMs) return text;
  const us = Math.min(999, Math.round((timeMs - whole) * 1000));
  return `${text.slice(0, -1)}${String(us).padStart(3, "0")}Z`;
}

function timeOf(text: string): number {
  const parts = /^(.+\.\d{3})(\d{3})?Z$/.exec(text);
  const ms = Date.parse(parts === null ? text : `${parts[1]}Z`);
  if (Number.isNaN(ms)) throw new OrreryError(wireErrors.WIRE_MALFORMED, { given: `time ${text}` });
  return parts?.[2] === undefined ? ms : ms + Number(parts[2]) / 1000;
}
