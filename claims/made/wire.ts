import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";
import { tested } from "../tested.ts";

interface Views {
  readonly types: number;
  readonly cuts: number;
  readonly misread: number;
  readonly first: string;
}

export const claims: readonly Claim[] = [
  {
    id: "wire.views",
    sentence:
      "A view of a message that was cut, at whatever byte and whatever stands behind it, answers as decode does or refuses",
    measured: "bench/codec/views.ts over every type of the schema and the torture schema",
    threshold: "no field of any view is misread",
    async run(full) {
      const { types, cuts, misread, first } = await benchJson<Views>(
        "bench/codec/views.ts",
        "--each",
        full ? "10" : "1",
      );
      const figure = `${types} types cut at ${cuts} places: ${misread} misread${first && ` (${first})`}`;
      return { status: misread === 0 && cuts > 0 ? "pass" : "fail", figure };
    },
  },
  tested({
    id: "wire.views-held",
    sentence: "A view that a handler holds across an await stays at its event, at concurrency 1, 4 and 16",
    files: ["packages/bus/views.test.ts"],
  }),
  tested({
    id: "schema.check",
    sentence:
      "`orrery schema check` is never laxer than `buf breaking` with WIRE_JSON, and calls no growth breaking",
    files: ["services/event-bus/schemas/buf.test.ts"],
  }),
];
