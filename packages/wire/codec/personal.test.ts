import { describe, expect, test } from "vitest";
import { Part, Scalars, Whispered } from "../test-schema/gen/torture/v1/mod.ts";
import { changePersonal, encodeBytes, type PersonalTable } from "../mod.ts";

const visited = (table: PersonalTable, message: object) => {
  const seen: string[] = [];
  changePersonal(table, message, (value, subject, path) => {
    seen.push(`${path} ${subject} ${value}`);
    return value;
  });
  return seen;
};

describe("what belongs to a person", () => {
  test("is found at every depth, with whose it is", () => {
    const message = Whispered.decode(
      encodeBytes(Whispered, {
        playerId: "a",
        text: "one",
        lines: ["two", "three"],
        overheard: [{ playerId: "b", text: "four", within: { playerId: "c", text: "five" } }],
        byPlace: { mill: { playerId: "d", text: "six" } },
        kind: { case: "main", value: { playerId: "e", text: "seven" } },
      }),
    );
    expect(visited(Whispered.personal ?? [], message)).toEqual([
      "3 a one",
      "5 a two",
      "5 a three",
      "6.2 b four",
      "6.3.2 c five",
      "7.2 d six",
      "8.2 e seven",
    ]);
  });

  test("is put in the value's place, and only there", () => {
    const message = Part.decode(encodeBytes(Part, { label: "l", inside: "i", deeper: { inside: "j" } }));
    changePersonal(Part.personal ?? [], message, (value) => `<${String(value)}>`);
    expect(message).toMatchObject({ label: "l", inside: "<i>", deeper: { inside: "<j>" } });
  });

  test("costs a message without any nothing: it has no table", () => {
    expect(Scalars.personal).toBeUndefined();
  });
});
