import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { pick } from "./hostile.ts";

const DEPTH = 4;
const NUMBERS = [0, 1, -1, 0.5, 60, 86_400, 1e12, 2 ** 53, 1e18, 1e20, -1e20, 1e300, -1e300, 5e-324];
const NOT_FINITE = ["NaN", "Infinity", "-Infinity"];
const WHOLE = [0, 1, 2, 3, 7, 100, 500, 501, 1_000, 2 ** 31 - 1];
const LARGE_WHOLE = ["0", "1", "4294967296", "9007199254740993", "9223372036854775807"];
const TEXTS = [
  "",
  "a",
  "*",
  "weather.*",
  "region:mill-vale",
  "player:nobody",
  "service:x",
  "npc:mira-01",
  "time.v1.HourChanged",
  "profiles",
  "inventory",
  "__proto__",
  "constructor",
  "../../etc",
  "\u0000",
  "%00%ff",
  "'; DROP TABLE world; --",
  "Zm9v",
  "1e309",
  "-1",
  "http://127.0.0.1:1/",
  "\u{1F409}".repeat(40),
  "x".repeat(129),
  "y".repeat(20_000),
];
const LENGTHS = [0, 1, 1, 2, 3, 101, 501];

/** What a field of that name usually holds: only where most of a request is right does the rest come to be looked at. */
const USUAL: Readonly<Record<string, readonly unknown[]>> = {
  region_id: ["region:mill-vale"],
  region_ids: ["region:mill-vale", "region:sedgefen"],
  collection: ["profiles", "characters", "progress", "world", "inventory"],
  owner: ["player:strange"],
  player_id: ["player:strange"],
  key: ["main", "region:mill-vale"],
  name: ["one"],
  type: ["weather.v1.WeatherChanged", "time.v1.HourChanged"],
  types: ["weather.*", "time.v1.HourChanged"],
  subscription: ["weather-manager/aggregate-0", "event-bus/journal"],
  publisher: ["time-manager/hollowmere"],
  sequence: [1, 2],
  page_size: [1, 10, 100],
  page_token: [""],
  timer_id: ["t1"],
  item_id: ["apple"],
  grant_key: ["g1"],
  count: [1, 3],
  quality: [0.5],
  days: [1, 30],
  hours: [1, 24, 168],
  json: ["{}", '{"atGs":1,"regionId":"region:mill-vale"}'],
  filter: ["*"],
  note: ["because"],
  reason: ["because"],
  rate: [60, 3600],
};

const one = <T>(random: RandomGenerator, list: readonly T[]): T => list[pick(random, list.length)] as T;

/** Some request of a type as protobuf JSON, mostly of the right form, with values that nobody expects. */
export function strangeRequest(
  message: DescMessage,
  random: RandomGenerator,
  world: string,
  depth = 0,
): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  const oneofs = new Set<string>();
  for (const field of message.fields) {
    if (pick(random, 5) === 0) continue;
    if (field.oneof !== undefined) {
      if (oneofs.has(field.oneof.name) || pick(random, 2) === 0) continue;
      oneofs.add(field.oneof.name);
    }
    const value = valueOf(field, random, world, depth);
    if (value !== undefined) request[field.jsonName] = value;
  }
  return request;
}

function valueOf(field: DescField, random: RandomGenerator, world: string, depth: number): unknown {
  if (field.name === "world_id" && pick(random, 10) > 0) return world;
  if (field.name === "idempotency_key" && pick(random, 5) > 0) return `key-${random.next() >>> 0}-more`;
  const usual = USUAL[field.name];
  if (usual !== undefined && pick(random, 4) > 0) {
    const value = one(random, usual);
    if (field.fieldKind === "scalar") return value;
    if (field.fieldKind === "list" && field.listKind === "scalar") return [value];
  }
  switch (field.fieldKind) {
    case "scalar":
      return scalar(field.scalar, random);
    case "enum":
      return enumValue(field.enum, random);
    case "message":
      return within(field.message, random, world, depth);
    case "list": {
      const of = () =>
        field.listKind === "scalar"
          ? scalar(field.scalar, random)
          : field.listKind === "enum"
            ? enumValue(field.enum, random)
            : within(field.message, random, world, depth);
      const length = depth > 1 ? Math.min(2, one(random, LENGTHS)) : one(random, LENGTHS);
      return Array.from({ length }, of).filter((value) => value !== undefined);
    }
    case "map":
      return {};
  }
}

function within(message: DescMessage, random: RandomGenerator, world: string, depth: number): unknown {
  if (message.typeName.startsWith("google.protobuf.")) return undefined;
  return depth >= DEPTH ? undefined : strangeRequest(message, random, world, depth + 1);
}

const enumValue = (of: DescEnum, random: RandomGenerator) =>
  pick(random, 8) === 0 ? 999 : one(random, of.values).number;

function scalar(type: ScalarType, random: RandomGenerator): unknown {
  switch (type) {
    case ScalarType.STRING:
      return one(random, TEXTS);
    case ScalarType.BOOL:
      return pick(random, 2) === 0;
    case ScalarType.BYTES:
      return Buffer.alloc(one(random, [0, 1, 40, 1_100]), pick(random, 256)).toString("base64");
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT: {
      const value = pick(random, 12) === 0 ? one(random, NOT_FINITE) : one(random, NUMBERS);
      return type === ScalarType.FLOAT && typeof value === "number" ? Math.fround(value % 3e38) : value;
    }
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
    case ScalarType.SINT64:
      return one(random, LARGE_WHOLE);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return pick(random, 8) === 0 ? 2 ** 32 - 1 : one(random, WHOLE);
    default:
      return pick(random, 8) === 0 ? -(2 ** 31) : one(random, WHOLE);
  }
}
