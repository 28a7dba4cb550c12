import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { jsonSchemas } from "./json-schema.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");
const read = async (file: string) => parse(await readFile(join(HOLLOWMERE, file), "utf8")) as unknown;

describe("what editors know of a pack's files", () => {
  it.each([...jsonSchemas()])("%s of Hollowmere fits its schema", async (file, schema) => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const fits = validate(await read(file));
    expect(validate.errors ?? []).toEqual([]);
    expect(fits).toBe(true);
  });

  it("refuses a key that means nothing and a value out of its range, and leaves out what has a default", async () => {
    const schema = jsonSchemas().get("economy.yaml");
    const validate = new Ajv2020({ strict: false }).compile(schema!);
    const good = { id: "good:tea", name: "tea", unit: "box", base: 5, volatility: 0.1, use: 1 };
    expect(validate({ goods: [good] })).toBe(true);
    expect(validate({ goods: [{ ...good, stapel: true }] })).toBe(false);
    expect(validate({ goods: [{ ...good, base: -5 }] })).toBe(false);
    expect(validate({ goods: [{ ...good, id: "tea" }] })).toBe(false);
  });
});
