import { WebhookFormat } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import { type CloudEvent, type EventId, type Lane, toCloudEvent } from "@orrery/wire";
import type { Found } from "../journal/read.ts";

/** `<publisher>/<sequence>`: the id of the event, of its delivery, and what a receiver drops repeats by. */
export const eventName = ({ id }: Pick<Found, "id">): string => `${id?.publisher}/${id?.sequence}`;

/** What a type that no schema here describes goes out as: its bytes, in base64. */
export interface OpaqueEvent extends Omit<CloudEvent, "data" | "datacontenttype"> {
  readonly datacontenttype: "application/protobuf";
  readonly data_base64: string;
}

/** An event of the journal as CloudEvents has it. */
export function cloudEvent(event: Found): CloudEvent | OpaqueEvent {
  const { type = "", key = "", world = "", service = "", timeMs = 0, fingerprint = "" } = event;
  const { publisher = "", sequence = 0 } = event.id ?? {};
  const payload = event.payload ?? new Uint8Array();
  const frame = { publisher, world, source: service, lane: event.lane as Lane, fingerprint };
  const { traceparent = "" } = event;
  const plain = {
    sequence,
    type,
    key,
    timeMs,
    cause: event.cause as EventId | undefined,
    traceparent: traceparent === "" ? undefined : traceparent,
  };
  const codec = codecs.get(type);
  if (codec !== undefined && event.undecodable === "")
    return toCloudEvent(frame, { ...plain, decode: (of) => of.decode(payload) }, codec);
  return {
    specversion: "1.0",
    id: eventName(event),
    source: `/orrery/${encodeURIComponent(world)}/${encodeURIComponent(service)}`,
    type,
    ...(key !== "" && { subject: key }),
    time: new Date(timeMs).toISOString(),
    datacontenttype: "application/protobuf",
    dataschema: `urn:orrery:schema:${type}:${fingerprint}`,
    data_base64: Buffer.from(payload).toString("base64"),
    sequence: String(sequence),
    lane: frame.lane,
  };
}

/** Header values may hold what is printable in ASCII; the rest is percent-encoded (CloudEvents HTTP 3.1.3.2). */
const headerText = (value: unknown) =>
  String(value).replace(/[^\x21-\x7e]|["%]/gu, (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );

export interface Body {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Events as one request has them; more than one only as a batch. */
export function bodyOf(format: WebhookFormat, events: readonly (CloudEvent | OpaqueEvent)[]): Body {
  if (format === WebhookFormat.BATCH)
    return {
      headers: { "content-type": "application/cloudevents-batch+json" },
      body: JSON.stringify(events),
    };
  const [event] = events;
  if (event === undefined) throw new RangeError("a request without an event");
  if (format !== WebhookFormat.BINARY)
    return { headers: { "content-type": "application/cloudevents+json" }, body: JSON.stringify(event) };
  const { datacontenttype, ...rest } = event;
  const headers: Record<string, string> = { "content-type": datacontenttype };
  for (const [name, value] of Object.entries(rest))
    if (name !== "data" && name !== "data_base64") headers[`ce-${name}`] = headerText(value);
  if ("data" in event) return { headers, body: JSON.stringify(event.data) };
  // Signed and sent as text: bytes stay base64, and say so.
  return { headers: { ...headers, "content-transfer-encoding": "base64" }, body: event.data_base64 };
}
