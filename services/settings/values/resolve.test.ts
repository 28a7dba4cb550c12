import { create } from "@bufbuild/protobuf";
import { Scope, StoredValueSchema } from "@orrery/schema/settings/v1";
import fc from "fast-check";
import { expect, it } from "vitest";
import { count, PLAYERS_SCOPES } from "../definitions/define.ts";
import { placeName } from "./place.ts";
import { resolve } from "./resolve.ts";

const KEY = "audio.test";
const ALL = [...PLAYERS_SCOPES, Scope.WORLD, Scope.TIER].sort((a, b) => a - b);
const { definition } = count(KEY, 50, 0, 100, { scopes: ALL });

const layers = fc.array(
  fc.record({
    scope: fc.constantFrom(...ALL),
    value: fc.option(fc.integer({ min: -50, max: 150 }), { nil: undefined }),
    locked: fc.boolean(),
  }),
);

it("gives the highest layer that has a value, or the lowest locked one, and explains that one", () => {
  fc.assert(
    fc.property(layers, (stored) => {
      const byScope = new Map(stored.map((one) => [one.scope, one]));
      const places = ALL.map((scope) => ({
        scope,
        scopeId: "x",
        find(name: string) {
          expect(name).toBe(placeName({ scope, scopeId: "x", key: KEY }));
          const own = byScope.get(scope);
          if (own === undefined) return undefined;
          const { value, locked } = own;
          const kind = value === undefined ? undefined : { kind: { case: "intValue" as const, value } };
          return create(StoredValueSchema, { ...(kind && { value: kind }), locked, revision: 1 });
        },
      }));
      const found = resolve(definition, places, true);
      expect(resolve(definition, places, true)).toEqual(found);
      const having = ALL.flatMap((scope) => byScope.get(scope) ?? []).filter(
        ({ value }) => value !== undefined,
      );
      const winner = having.find(({ locked }) => locked) ?? having.at(-1);
      expect(found.scope).toBe(winner?.scope ?? Scope.DEFAULT);
      const wanted = winner?.value ?? 50;
      expect(found.value?.kind.value).toBe(Math.min(100, Math.max(0, wanted)));
      expect(found.clamped).toBe(wanted < 0 || wanted > 100);
      const holding = found.layers.filter(({ lostBecause }) => lostBecause === "");
      expect(holding.map(({ scope, value }) => [scope, value])).toEqual([[found.scope, found.value]]);
      expect(found.layers).toHaveLength(having.length + 1);
    }),
  );
});
