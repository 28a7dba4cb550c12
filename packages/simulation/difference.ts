import { equals, type Message } from "@bufbuild/protobuf";
import { codecs } from "@orrery/schema/registry";
import { type EventId, openFrame } from "@orrery/wire";
import type { Incoming } from "./shard.ts";

export interface Difference {
  readonly intakeSeq: number;
  readonly event: EventId;
  readonly type: string;
  /** Proto name of the first field that differs; `type`, `time`, `key` or `cause` for the envelope. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
  readonly codeVersion: string;
}

/** What was told with one commit. */
export interface Told {
  readonly intakeSeq: number;
  readonly codeVersion: string;
  readonly emitted: readonly { readonly publisher: string; readonly first: number; readonly count: number }[];
}

/**
 * Where what a commit emits when it is handled again first differs from what it told.
 * @param again its frames, in the clear
 * @param published an event as it was told, in the clear; undefined: it is not known
 */
export async function firstDifference(
  again: readonly Uint8Array[],
  { intakeSeq, codeVersion, emitted }: Told,
  published: (id: EventId) => Promise<Incoming | undefined>,
): Promise<Difference> {
  const found = new Map<string, Incoming>();
  for (const bytes of again) {
    const frame = openFrame(bytes);
    for (const event of frame.events()) {
      const { type, key, sequence, timeMs, payload } = event;
      found.set(`${frame.publisher}/${sequence}`, {
        publisher: frame.publisher,
        sequence,
        type,
        key,
        source: frame.source,
        timeMs,
        payload,
      });
    }
  }
  const differs = (
    event: EventId,
    type: string,
    field: string,
    expected: string,
    got: string,
  ): Difference => ({
    intakeSeq,
    event,
    type,
    field,
    expected,
    found: got,
    codeVersion,
  });
  for (const run of emitted) {
    for (let offset = 0; offset < run.count; offset++) {
      const id = { publisher: run.publisher, sequence: run.first + offset };
      const name = `${id.publisher}/${id.sequence}`;
      const told = await published(id);
      const now = found.get(name);
      found.delete(name);
      if (told === undefined)
        return differs(
          id,
          now?.type ?? "",
          "event",
          "absent from the journal",
          now === undefined ? "absent" : "emitted",
        );
      if (now === undefined) return differs(id, told.type, "event", "emitted", "not emitted");
      for (const field of ["type", "key", "timeMs"] as const) {
        if (told[field] !== now[field])
          return differs(id, told.type, field, String(told[field]), String(now[field]));
      }
      if (Buffer.compare(told.payload, now.payload) !== 0)
        return { ...fieldDifference(id, told, now), intakeSeq, codeVersion };
    }
  }
  const [extra] = found.values();
  if (extra !== undefined) return differs(extra, extra.type, "event", "not emitted", "emitted");
  return differs(
    { publisher: "", sequence: 0 },
    "",
    "frame",
    "the published frames",
    "frames that differ in their envelope",
  );
}

/** The first field in which two payloads of one type differ, by the schema's names. */
function fieldDifference(
  event: EventId,
  published: Incoming,
  again: Incoming,
): Omit<Difference, "intakeSeq" | "codeVersion"> {
  const codec = codecs.get(published.type);
  const base = { event, type: published.type };
  if (codec === undefined)
    return { ...base, field: "payload", expected: hex(published.payload), found: hex(again.payload) };
  const [a, b] = [codec.decode(published.payload), codec.decode(again.payload)] as Record<string, unknown>[];
  for (const field of codec.schema.fields) {
    const [x, y] = [a?.[field.localName], b?.[field.localName]];
    const same =
      field.fieldKind === "message" && x !== undefined && y !== undefined
        ? equals(field.message, x as Message, y as Message)
        : text(x) === text(y);
    if (!same) return { ...base, field: field.name, expected: text(x), found: text(y) };
  }
  return { ...base, field: "payload", expected: hex(published.payload), found: hex(again.payload) };
}

const text = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** What differs and is no one event. */
export const unlike = (
  { intakeSeq, codeVersion }: Told,
  field: string,
  expected: string,
  found: string,
): Difference => ({
  intakeSeq,
  event: { publisher: "", sequence: 0 },
  type: "",
  field,
  expected,
  found,
  codeVersion,
});

/** An input that was taken, and is refused when it is handled again. */
export const refusal = (told: Told, error: unknown): Difference =>
  unlike(told, "input", "taken", `refused: ${error instanceof Error ? error.message : String(error)}`);

/** In words: `weather.v1.WeatherChanged weather-manager/vale/s/17, field wind_kmh: expected 8, found 56`. */
export function inWords({ type, event, field, expected, found }: Difference): string {
  const name = event.publisher === "" ? "" : `${type} ${event.publisher}/${event.sequence}, field `;
  return `${name}${field}: expected ${expected}, found ${found}`;
}
