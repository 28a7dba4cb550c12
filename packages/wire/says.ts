import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { IntlMessageFormat } from "intl-messageformat";
import { wireErrors } from "./catalogue.ts";
import type { Codec } from "./codec/codec.ts";
import type { EventFacts } from "./codec/event-facts.ts";
import { OrreryError } from "./errors.ts";

export interface SaysOptions {
  /** The name of an entity for its id, for people to read; default the id. Asked for fields marked `entity`. */
  readonly nameOf?: (id: string) => string | undefined;
}

type Value = string | number;
interface Compiled {
  readonly format: IntlMessageFormat;
  readonly fields: readonly {
    readonly argument: string;
    read(message: object, options: SaysOptions): Value;
  }[];
}

/** The key of a `select` for what is empty: ICU has no empty one. */
const NONE = "none";

/** Templates compiled before, by their codec's facts: a memory that changes nothing but speed. */
const compiled = new WeakMap<EventFacts<never>, Compiled>();

/**
 * An event in words, by its option `says`: an ICU message whose arguments are fields by proto name, fields of nested
 * messages being joined by `_` (`now_hour`). Enumerations stand as lower-case words, lists are joined by commas, absent
 * fields are their default or empty. What a `select` chooses by is `none` where it is empty. Throws WIRE_BAD_TEMPLATE.
 */
export function renderSays<I>(
  codec: Codec<unknown, I, unknown>,
  event: I,
  options: SaysOptions = {},
): string {
  if (codec.event === undefined) return codec.typeName;
  let template = compiled.get(codec.event as EventFacts<never>);
  if (template === undefined) {
    template = compile(codec as Codec, codec.event.says, codec.event.entityFields);
    compiled.set(codec.event as EventFacts<never>, template);
  }
  const values: Record<string, Value> = {};
  for (const field of template.fields) values[field.argument] = field.read(event as object, options);
  return String(template.format.format(values));
}

/** Throws WIRE_BAD_TEMPLATE when an event's `says` is empty, is no ICU message or names what is no field. */
export function checkSays(codec: Codec): void {
  if (codec.event === undefined) return;
  if (codec.event.says === "") fail(codec, "it is empty");
  compile(codec, codec.event.says, codec.event.entityFields);
}

function compile(codec: Codec, says: string, entityFields: readonly string[]): Compiled {
  let format: IntlMessageFormat;
  try {
    format = new IntlMessageFormat(says, "en");
  } catch (cause) {
    return fail(codec, says, cause);
  }
  const fields = [...argumentsOf(format.getAst() as readonly Element[])].map(([argument, isChosenBy]) => {
    const path = pathTo(codec.schema as DescMessage, argument) ?? fail(codec, `no field for {${argument}}`);
    const isEntity = entityFields.includes(path.map((field) => field.name).join("."));
    return {
      argument,
      read: (message: object, options: SaysOptions) => {
        const text = valueAt(message, path);
        if (text === "" && isChosenBy) return NONE;
        return isEntity && typeof text === "string" ? (options.nameOf?.(text) ?? text) : text;
      },
    };
  });
  return { format, fields };
}

function fail(codec: Codec, given: string, cause?: unknown): never {
  throw new OrreryError(wireErrors.WIRE_BAD_TEMPLATE, { given: `${codec.typeName}: ${given}`, cause });
}

/** The parts of a parsed ICU message that matter here. Kinds: 0 literal, 5 `select`, 7 `#`, 8 tag; from 1 to 6 they have an argument. */
interface Element {
  readonly type: number;
  readonly value?: unknown;
  readonly options?: Readonly<Record<string, { readonly value: readonly Element[] }>>;
  readonly children?: readonly Element[];
}
const SELECT = 5;

/** Each argument once, and whether a `select` chooses by it. */
function argumentsOf(
  elements: readonly Element[],
  found = new Map<string, boolean>(),
): ReadonlyMap<string, boolean> {
  for (const { type, value, options, children } of elements) {
    if (type !== 0 && type < 7 && typeof value === "string")
      found.set(value, found.get(value) === true || type === SELECT);
    for (const option of Object.values(options ?? {}))
      if (Array.isArray(option.value)) argumentsOf(option.value, found);
    argumentsOf(children ?? [], found);
  }
  return found;
}

/** `region_id` is a field; `now_hour` is the field `hour` of the message in `now`. */
function pathTo(message: DescMessage, argument: string): DescField[] | undefined {
  for (const field of message.fields) {
    if (field.name === argument) return [field];
    if (field.fieldKind !== "message" || !argument.startsWith(`${field.name}_`)) continue;
    const rest = pathTo(field.message, argument.slice(field.name.length + 1));
    if (rest !== undefined) return [field, ...rest];
  }
  return undefined;
}

function valueAt(message: object, path: readonly DescField[]): Value {
  let value: unknown = message;
  for (const field of path) {
    const holder = value as Record<string, { case?: string; value?: unknown } | undefined> | undefined;
    if (field.oneof === undefined) value = holder?.[field.localName];
    else {
      const one = holder?.[field.oneof.localName];
      value = one?.case === field.localName ? one.value : undefined;
    }
  }
  return inWords(value, path[path.length - 1]!);
}

function inWords(value: unknown, field: DescField): Value {
  if (Array.isArray(value)) return value.map((item) => inWords(item, field)).join(", ");
  if (field.enum !== undefined) {
    const named = field.enum.value[(value as number | undefined) ?? 0];
    return (named?.localName ?? String(value)).toLowerCase().replaceAll("_", " ");
  }
  switch (typeof value) {
    case "number":
      // Floats carry seven digits: 3.3, not 3.299999952316284.
      return Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;
    case "bigint":
    case "boolean":
      return String(value);
    case "string":
      return value;
    default:
      if (value instanceof Uint8Array) return `${value.length} bytes`;
      if (field.fieldKind === "list" || field.presence !== 2) return "";
      return zeroOf(field);
  }
}

/** A field that was left out of a partial message. */
function zeroOf(field: DescField): Value {
  if (field.fieldKind !== "scalar") return "";
  const zero = field.getDefaultValue();
  if (typeof zero === "number" || typeof zero === "string") return zero;
  // 8: bool, 9: string, 12: bytes.
  if (field.scalar === 8) return "false";
  return field.scalar === 9 || field.scalar === 12 ? "" : 0;
}
