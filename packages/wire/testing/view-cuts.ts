import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { Codec } from "../codec/codec.ts";
import { OrreryError } from "../errors.ts";

/** What stands behind a cut in a larger buffer: the rest of the message, and bytes that look like something. */
const NEIGHBOURS = [[0x05], [0x00], [0x7f, 0x7f], [0xff, 0xff, 0xff, 0x01]];

/**
 * Reads each field of a message that was cut at each byte, alone and as the first of all: from a view of the cut, in a
 * buffer that goes on behind it. A field may answer what `decode` answers of the cut; where that refuses, it may refuse,
 * or answer what the whole message says, if all of that lies before the cut. @returns what it did otherwise
 */
export function misreadCuts(codec: Codec, bytes: Uint8Array): string[] {
  const { fields } = codec.schema as DescMessage;
  const whole = answersOf(codec.decode(bytes) as Answers, fields);
  const misread: string[] = [];
  for (let end = 0; end <= bytes.length; end++) {
    const decoded = attempt(() => answersOf(codec.decode(bytes, 0, end) as Answers, fields));
    const buffers = [
      bytes,
      ...NEIGHBOURS.map((behind) => Uint8Array.from([...bytes.subarray(0, end), ...behind])),
    ];
    for (const [at, buffer] of buffers.entries()) {
      for (const field of fields) {
        // These are read through `decode`: what stands behind the cut is the same to them.
        const throughDecode =
          field.oneof !== undefined || field.fieldKind === "list" || field.fieldKind === "map";
        if (throughDecode && at > 0) continue;
        const read = attempt(() => answersOf(codec.view(buffer, 0, end) as Answers, [field]));
        const name = field.localName;
        if (read === "refused") {
          if (decoded !== "refused") misread.push(`${codec.typeName}.${name} of ${end} bytes refused`);
          continue;
        }
        const allowed = decoded === "refused" ? whole : decoded;
        if (read.get(name) !== allowed.get(name))
          misread.push(
            `${codec.typeName}.${name} of ${end} bytes: ${read.get(name)}, not ${allowed.get(name)}`,
          );
      }
    }
  }
  return misread;
}

type Answers = Record<string, unknown>;

function attempt<T>(read: () => T): T | "refused" {
  try {
    return read();
  } catch (error) {
    if (error instanceof OrreryError) return "refused";
    throw error;
  }
}

/** Each field's value as text, so that views and messages compare. */
function answersOf(from: Answers, fields: readonly DescField[]): Map<string, string> {
  return new Map(
    fields.map((field) => {
      const value =
        field.oneof === undefined ? from[field.localName] : caseOf(from[field.oneof.localName], field);
      return [field.localName, JSON.stringify(plain(value)) ?? "undefined"];
    }),
  );
}

function caseOf(oneof: unknown, { localName }: DescField): unknown {
  const { case: given, value } = oneof as { case?: string; value?: unknown };
  return given === localName ? value : undefined;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0";
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const message = "$full" in value ? (value.$full as () => object).call(value) : value;
  return Object.fromEntries(
    Object.entries(message)
      .filter(([name]) => name !== "$typeName" && name !== "$unknown")
      .map(([name, part]) => [name, plain(part)]),
  );
}
