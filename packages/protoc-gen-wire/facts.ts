import {
  type DescExtension,
  type DescField,
  type DescMessage,
  type Registry,
  getOption,
  hasOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { property } from "./field-form.ts";
import { refusePersonal } from "./personal.ts";

/** The schema's own options, found by name in the request: they need not be generated before this runs. */
export interface Options {
  readonly event: DescExtension | undefined;
  readonly serverOnly: DescExtension | undefined;
  readonly personal: DescExtension | undefined;
  readonly entity: DescExtension | undefined;
}

export function findOptions(registry: Registry): Options {
  return {
    event: registry.getExtension("orrery.event"),
    serverOnly: registry.getExtension("orrery.server_only"),
    personal: registry.getExtension("orrery.personal"),
    entity: registry.getExtension("orrery.entity"),
  };
}

interface EventOption {
  readonly lane: number;
  readonly key: string;
  readonly coalesce: boolean;
  readonly retention?: { readonly kind: { readonly case?: string; readonly value?: boolean | number } };
  readonly audience: number;
  readonly regionField: string;
  readonly listedField: string;
  readonly says: string;
}

const LANES = [undefined, "realtime", "standard", "bulk"];
const AUDIENCES = ["none", "none", "world", "region", "entity", "listed", "owner"];
const LANE_DAYS: Record<string, number> = { realtime: 7, bulk: 30 };

/** Whether the message travels on the bus. */
export function isEvent(message: DescMessage, options: Options): boolean {
  return options.event !== undefined && hasOption(message, options.event);
}

/** Whether any client may be given the event; who that is, its audience says. */
export function isForClients(message: DescMessage, options: Options): boolean {
  if (!isEvent(message, options)) return false;
  return audienceOf(getOption(message, options.event!) as unknown as EventOption) !== "none";
}

const audienceOf = ({ audience }: EventOption): string => AUDIENCES[audience] ?? "none";

/** The `event` property of a codec, as lines of an object literal; throws with the message's name when the option is wrong. */
export function eventFacts(message: DescMessage, options: Options): string[] {
  if (!isEvent(message, options)) return ["event: undefined,"];
  const given = getOption(message, options.event!) as unknown as EventOption;
  const lane = LANES[given.lane];
  if (lane === undefined)
    throw new Error(
      `${message.typeName}: (orrery.event) has no lane; give LANE_REALTIME, LANE_STANDARD or LANE_BULK`,
    );
  const audience = audienceOf(given);
  const key = fieldNamed(message, given.key, "key");
  const region =
    audience === "region" ? fieldNamed(message, given.regionField || "region_id", "region_field") : undefined;
  const listed = audience === "listed" ? fieldNamed(message, given.listedField, "listed_field") : undefined;
  if (audience === "listed" && listed === undefined)
    throw new Error(`${message.typeName}: AUDIENCE_LISTED needs listed_field`);
  refusePersonal(key, "key", options);
  refusePersonal(region, "region_field", options);
  refusePersonal(listed, "listed_field", options);
  return [
    "event: {",
    `lane: ${JSON.stringify(lane)},`,
    `key: ${keyFunction(key)},`,
    `keyField: ${quoted(key)},`,
    `coalesce: ${given.coalesce},`,
    `retention: ${retention(message, given, lane)},`,
    `audience: ${JSON.stringify(audience)},`,
    `regionField: ${quoted(region)},`,
    `listedField: ${quoted(listed)},`,
    `says: ${JSON.stringify(given.says)},`,
    `serverOnly: ${JSON.stringify(paths(message, options.serverOnly).map((path) => path.map((field) => field.number)))},`,
    `entityFields: ${JSON.stringify(protoPaths(message, options.entity))},`,
    `personalFields: ${JSON.stringify(protoPaths(message, options.personal))},`,
    "},",
  ];
}

function fieldNamed(message: DescMessage, name: string, option: string): DescField | undefined {
  if (name === "") return undefined;
  const field = message.fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    const names = message.fields.map((candidate) => candidate.name).join(", ");
    throw new Error(
      `${message.typeName}: (orrery.event).${option} names no field "${name}"; there are ${names}`,
    );
  }
  return field;
}

function quoted(field: DescField | undefined): string {
  return field === undefined ? "undefined" : JSON.stringify(field.localName);
}

function keyFunction(field: DescField | undefined): string {
  if (field === undefined) return '() => ""';
  if (field.oneof !== undefined || (field.fieldKind !== "scalar" && field.fieldKind !== "enum")) {
    throw new Error(
      `${field.parent.typeName}: (orrery.event).key must name a singular scalar field outside a oneof`,
    );
  }
  const read = `init${property(field.localName)}`;
  if (field.fieldKind === "scalar" && field.scalar === ScalarType.STRING) return `(init) => ${read} ?? ""`;
  return `(init) => globalThis.String(${read} ?? 0)`;
}

function retention(message: DescMessage, given: EventOption, lane: string): string {
  const kind = given.retention?.kind;
  if (kind?.case !== undefined && !kind.value)
    throw new Error(
      `${message.typeName}: (orrery.event).retention keeps it for nothing (${kind.case}: ${kind.value}); give at least 1, or leave it out for its lane's`,
    );
  switch (kind?.case) {
    case "days":
      return `{ kind: "days", days: ${kind.value} }`;
    case "gameDays":
      if (message.fields.find(({ name }) => name === "at_gs")?.scalar !== ScalarType.DOUBLE)
        throw new Error(
          `${message.typeName}: retention in game_days needs a field "double at_gs", which says when it was said`,
        );
      return `{ kind: "game_days", days: ${kind.value} }`;
    case "latest":
      return `{ kind: "latest", count: ${kind.value} }`;
    case "forever":
      return '{ kind: "forever" }';
    default: {
      const days = LANE_DAYS[lane];
      return days === undefined ? '{ kind: "forever" }' : `{ kind: "days", days: ${days} }`;
    }
  }
}

function protoPaths(message: DescMessage, option: DescExtension | undefined): string[] {
  return paths(message, option).map((path) => path.map((field) => field.name).join("."));
}

/** Paths to every field that carries an option, through nested messages; a type within itself is followed once. */
function paths(
  message: DescMessage,
  option: DescExtension | undefined,
  above: readonly DescMessage[] = [],
): DescField[][] {
  if (option === undefined || above.includes(message)) return [];
  const found: DescField[][] = [];
  for (const field of message.fields) {
    const given = getOption(field, option) as unknown;
    if (given === true || (typeof given === "string" && given !== "")) {
      found.push([field]);
      continue;
    }
    const inner = field.message;
    if (inner !== undefined) {
      for (const path of paths(inner, option, [...above, message])) found.push([field, ...path]);
    }
  }
  return found;
}
