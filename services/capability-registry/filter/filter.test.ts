import { OrreryError } from "@orrery/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FieldValue, holds } from "./evaluate.ts";
import type { Fields, Filter } from "./filter.ts";
import { parseFilter } from "./parse.ts";

const FIELDS: Fields = {
  type: "text",
  cost: "number",
  version: "version",
  live: "flag",
  hears: "texts",
  "attr.*": "open",
};
const looked = (values: Readonly<Record<string, FieldValue>>, tags: readonly string[] = []) => ({
  field: (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined),
  hasTag: (name: string) => tags.includes(name),
});
const fits = (text: string, values: Readonly<Record<string, FieldValue>>, tags: readonly string[] = []) => {
  const filter = parseFilter(text, FIELDS);
  return filter === undefined || holds(filter, looked(values, tags));
};
const model = {
  type: "inference",
  "attr.context": 16_384,
  version: { version: "2.3.0" },
  hears: ["a.v1.A", "b.v1.B"],
};

describe("filters", () => {
  it("reads all that the language has", () => {
    const text =
      'type = "inference" and attr.context >= 8192 and version in "^2.1" and not tag "beta" and has hears';
    expect(fits(text, model)).toBe(true);
    expect(fits(text, model, ["beta"])).toBe(false);
    expect(fits(text, { ...model, version: { version: "3.0.0" } })).toBe(false);
    expect(fits('type in ("rpc", "inference")', model)).toBe(true);
    expect(fits('hears = "b.v1.B" and version > "2.3.0-preview.1"', model)).toBe(true);
    expect(fits("", model)).toBe(true);
  });

  it("takes a field that is not there to fit nothing, and `not` to turn that around", () => {
    expect(fits("attr.missing != 3", model)).toBe(false);
    expect(fits("not attr.missing = 3", model)).toBe(true);
    for (const name of ["constructor", "__proto__", "toString"])
      expect(fits(`has attr.${name}`, model), name).toBe(false);
  });

  it("compares an open attribute with its own kind only", () => {
    expect(fits('attr.context = "16384"', model)).toBe(false);
    expect(fits('attr.since >= "1.10.0"', { "attr.since": { version: "1.9.0" } })).toBe(false);
  });

  it.each([
    ["type", 5, "=, !="],
    ["type = ", 8, "text"],
    ["type = 3", 8, "text"],
    ["cost = true", 8, "a number"],
    ['version = "new"', 11, "a version"],
    ['version in "new"', 12, "range of versions"],
    ["speed = 3", 1, "one of type, cost"],
    ["constructor = 3", 1, "one of type, cost"],
    ['type = "a', 8, "quote"],
    ['type = "a" "b"', 12, "the end"],
    ['(type = "a"', 12, "closing bracket"],
    ["and", 1, "a field"],
    ["type ~ 3", 6, "a sign"],
  ])("says at which column it cannot go on: %s", (text, column, expected) => {
    expect(() => parseFilter(text, FIELDS)).toThrow(`column ${column}: expected`);
    expect(() => parseFilter(text, FIELDS)).toThrow(expected);
  });

  it("ends at 8 levels and 64 conditions", () => {
    const nested = (levels: number) => `${"(".repeat(levels)}cost = 1${")".repeat(levels)}`;
    expect(() => parseFilter(nested(7), FIELDS)).not.toThrow();
    expect(() => parseFilter(nested(8), FIELDS)).toThrow("at most 8 levels");
    const joined = (count: number) => Array.from({ length: count }, () => "cost = 1").join(" or ");
    expect(() => parseFilter(joined(64), FIELDS)).not.toThrow();
    expect(() => parseFilter(joined(65), FIELDS)).toThrow("at most 64 conditions");
    expect(() => parseFilter(nested(4_000), FIELDS)).toThrow("CAPABILITY_FILTER");
  });

  it("answers any text with a filter or with a column, and nothing else", () => {
    const piece = fc.constantFrom(
      ...'type cost attr.x and or not in has tag ( ) , = != < " 3 -1e9 true'.split(" "),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(" ")),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          parseFilter(given, FIELDS);
        } catch (error) {
          expect((error as OrreryError).code).toBe("CAPABILITY_FILTER");
          expect(Number(/column (\d+)/.exec(String(error))?.[1])).toBeLessThanOrEqual(given.length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("reads a filter that was written out as the same one", () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const text = written(filter);
        expect(bare(parseFilter(text, FIELDS) as Filter)).toEqual(filter);
      }),
    );
  });

  it("means by brackets, `and`, `or` and `not` what logic does", () => {
    const values = fc.record({ type: fc.constantFrom("a", "b"), cost: fc.nat(3), live: fc.boolean() });
    fc.assert(
      fc.property(filters, filters, values, (a, b, value) => {
        const [left, right] = [a, b].map((one) => fits(written(one), value));
        const [A, B] = [written(a), written(b)];
        expect(fits(`(${A}) and (${B})`, value)).toBe(left && right);
        expect(fits(`(${A}) or (${B})`, value)).toBe(left || right);
        expect(fits(`not (${A})`, value)).toBe(!left);
      }),
    );
  });
});

/** Filters of a few levels, without places; `and` and `or` are never of one part, or of their own kind. */
const term = fc.oneof(
  fc.record({
    kind: fc.constant("compare" as const),
    field: fc.constant("type"),
    by: fc.constantFrom("=" as const, "!=" as const, "<" as const),
    value: fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom("a", "b")),
  }),
  fc.record({
    kind: fc.constant("among" as const),
    field: fc.constant("cost"),
    values: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("has" as const), field: fc.constantFrom("attr.x", "live") }),
  fc.record({ kind: fc.constant("tag" as const), name: fc.string({ maxLength: 5 }) }),
);
const level = (of: fc.Arbitrary<any>) =>
  fc.oneof(
    of,
    fc.record({ kind: fc.constantFrom("and", "or"), of: fc.array(of, { minLength: 2, maxLength: 3 }) }),
    fc.record({ kind: fc.constant("not"), of }),
  );
const filters: fc.Arbitrary<any> = level(level(term));

const quoted = (value: unknown) =>
  typeof value === "string" ? `"${value.replace(/["\\]/g, "\\$&")}"` : String(value);

function written(filter: any): string {
  const { kind, field, by, value, values, name, of } = filter;
  if (kind === "compare") return `${field} ${by} ${quoted(value)}`;
  if (kind === "among") return `${field} in (${values.map(quoted).join(", ")})`;
  if (kind === "has") return `has ${field}`;
  if (kind === "tag") return `tag ${quoted(name)}`;
  if (kind === "not") return `not (${written(of)})`;
  return of.map((one: unknown) => `(${written(one)})`).join(` ${kind} `);
}

function bare({ at: _at, end: _end, ...filter }: any): any {
  if (Array.isArray(filter.of)) return { ...filter, of: filter.of.map(bare) };
  return filter.of === undefined ? filter : { ...filter, of: bare(filter.of) };
}
