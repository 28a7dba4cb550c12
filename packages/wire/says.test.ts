import { codecs } from "@orrery/schema/registry";
import { describe, expect, test } from "vitest";
import type { Codec } from "./codec/codec.ts";
import { checkSays, renderSays } from "./says.ts";
import { Colour, Scalars, Secretive } from "./test-schema/gen/torture/v1/mod.ts";

describe("an event in words", () => {
  test("fills in its fields, nested ones, plurals and enumerations", () => {
    const event = { name: "npc:mira-01", count: 2, colour: Colour.RED, part: { label: "lid" } };
    expect(renderSays(Secretive, event)).toBe("npc:mira-01 keeps 2 secrets (red, lid)");
    expect(renderSays(Secretive, { ...event, count: 1 })).toContain("1 secret (");
  });

  test("calls entities by name when names are given", () => {
    const nameOf = (id: string) => (id === "npc:mira-01" ? "Mira" : undefined);
    expect(renderSays(Secretive, { name: "npc:mira-01" }, { nameOf })).toMatch(/^Mira keeps/);
    expect(renderSays(Secretive, { name: "npc:x", part: { label: "npc:mira-01" } }, { nameOf })).toMatch(
      /^npc:x .*npc:mira-01/,
    );
  });

  test("does with what is left out", () => {
    expect(renderSays(Secretive, {})).toBe(" keeps 0 secrets (unspecified, )");
    expect(renderSays(Secretive, { colour: 77 as never })).toContain("(77, ");
  });

  test("has words of its own for what is empty where it chooses by it", () => {
    const says = "{name, select, none {Nobody keeps} other {{name} keeps}} {part_label}";
    const event = { ...Secretive.event!, says };
    const saying = { ...Secretive, event } as typeof Secretive;
    expect(renderSays(saying, { part: { label: "" } })).toBe("Nobody keeps ");
    expect(renderSays(saying, { name: "npc:mira-01" }, { nameOf: () => "Mira" })).toBe("Mira keeps ");
  });

  test("of a message that is no event is its type", () => {
    expect(renderSays(Scalars, {})).toBe("torture.v1.Scalars");
  });

  test.each(
    [...codecs.values()]
      .filter((codec) => codec.event !== undefined)
      .map((codec) => [codec.typeName, codec] as const),
  )("%s can be said", (_name, codec) => {
    checkSays(codec);
    expect(renderSays(codec, {})).not.toBe("");
  });

  test("that is no template, or names what is no field, is refused", () => {
    const saying = (says: string): Codec => ({ ...Secretive, event: { ...Secretive.event!, says } });
    expect(() => checkSays(saying("{name"))).toThrow("WIRE_BAD_TEMPLATE");
    expect(() => checkSays(saying("{nobody}"))).toThrow(/WIRE_BAD_TEMPLATE.*nobody/);
    expect(() => checkSays(saying(""))).toThrow("WIRE_BAD_TEMPLATE");
    expect(() => checkSays(saying("{count, plural, one {{nobody}} other {#}}"))).toThrow(/nobody/);
  });
});
