import { create, toBinary } from "@bufbuild/protobuf";
import {
  ContentDocumentSchema,
  ContentKind,
  type ContentOrder,
  ContentOrderSchema,
  Rung,
  Stance,
} from "@orrery/schema/orchestration/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { founded, problemOf, streamsFor, withBeings, withCoordination } from "./document.ts";
import { ln } from "./exact.ts";
import { coordination, customization, interaction } from "./layers.ts";

const { PERSON, CREATURE, PLACE } = ContentKind;
const orders = fc.record({
  kind: fc.constantFrom(PERSON, CREATURE, PLACE),
  regionId: fc.constantFrom("region:mill-vale", "region:__proto__", "region:constructor"),
  seed: fc.string({ minLength: 1, maxLength: 40 }),
  difficulty: fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true })),
});
function whole(order: ContentOrder) {
  const streams = streamsFor(order);
  const document = founded(order, Rung.FULL);
  withBeings(document, "customization", customization(document, streams));
  withBeings(document, "interaction", interaction(document, streams));
  return withCoordination(document, coordination(document, streams));
}

describe("content by rules", () => {
  it("holds whatever is ordered: stats come to 1 + 2d, every room is reached, and everybody is complete", () => {
    fc.assert(
      fc.property(orders, (given) => {
        const order = create(ContentOrderSchema, given);
        const document = whole(order);
        expect(problemOf(document)).toBeUndefined();
        expect(
          document.beings.every(({ name, looks, mood, stance }) => name && looks && mood && stance >= 0),
        ).toBe(true);
        expect(document.beings.slice(0, 8).every(({ stance }) => stance !== Stance.UNSPECIFIED)).toBe(true);
        expect(document.coordination?.tension).toBeGreaterThan(0);
        if (order.kind !== PLACE) expect([document.rooms.length, document.beings.length]).toEqual([1, 1]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is the same bytes of the same order, and others of another seed", () => {
    fc.assert(
      fc.property(orders, (given) => {
        const bytes = (seed: string) =>
          toBinary(ContentDocumentSchema, whole(create(ContentOrderSchema, { ...given, seed })));
        expect(Buffer.compare(bytes(given.seed), bytes(given.seed))).toBe(0);
        expect(Buffer.compare(bytes(given.seed), bytes(`${given.seed}!`))).not.toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("is harder with difficulty, and of the kind that is asked for", () => {
    const threat = (difficulty: number) => {
      const all = Array.from({ length: 200 }, (_, at) =>
        whole(create(ContentOrderSchema, { kind: CREATURE, seed: `s${at}`, difficulty })),
      );
      expect(all.every(({ beings }) => ["wolf", "boar"].includes(beings[0]?.species ?? ""))).toBe(true);
      return all.reduce((sum, { beings }) => sum + (beings[0]?.threat ?? 0), 0) / all.length;
    };
    expect(threat(0)).toBeLessThan(threat(0.5));
    expect(threat(0.5)).toBeLessThan(threat(1));
  });

  it("takes of a layer what the layer owns, of those who are there, and nothing else", () => {
    const document = founded(create(ContentOrderSchema, { kind: PERSON, seed: "s" }), Rung.FULL);
    expect(() => withBeings(document, "customization", [{ beingId: "being-1", threat: 1 }])).toThrow(
      "does not own threat",
    );
    expect(() => withBeings(document, "interaction", [{ beingId: "being-1", name: "x" }])).toThrow(
      "does not own name",
    );
    expect(() => withBeings(document, "interaction", [{ beingId: "constructor" }])).toThrow("is not there");
    expect(problemOf({ ...document, rooms: [] })).toMatch(/which there is not/);
  });

  it("takes logarithms that are right to the last digits", () => {
    for (const x of [1e-300, 1e-16, 0.1, 0.5, 0.75, 1, 1.5, 2, 10, 1e300])
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-13 * Math.max(1, Math.abs(Math.log(x))));
  });
});
