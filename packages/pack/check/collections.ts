import { StandardCollection } from "@orrery/schema/state/v1";
import { codecs } from "@orrery/schema/registry";
import { Ajv2020 } from "ajv/dist/2020.js";
import { packErrors } from "../errors.ts";
import { didYouMean } from "../nearest.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";

const JSON_VALUE = "json";

/** Names are the pack's own, values of a known kind, schemas sound. */
export function checkCollections(parts: Parts, files: PartFiles, report: Report): void {
  const file = files.collections;
  const standard = new Set(
    Object.keys(StandardCollection)
      .filter((name) => name !== "UNSPECIFIED")
      .map((name) => name.toLowerCase()),
  );
  const seen = new Map<string, number>();
  parts.collections.collections.forEach((own, i) => {
    const path = ["collections", i];
    const { name, value, schema, indexes } = own;
    const at = [...path, "name"];
    if (standard.has(name))
      report.add(packErrors.PACK_COLLECTION_TAKEN, file, at, `"${name}" is in every world without asking`);
    const before = seen.get(name);
    if (before === undefined) seen.set(name, file.locate(at).line);
    else report.add(packErrors.PACK_DUPLICATE_ID, file, at, `"${name}" is taken by ${file.name}:${before}`);
    if (new Set(indexes).size < indexes.length)
      report.add(packErrors.PACK_COLLECTION, file, [...path, "indexes"], `${name}: an index stands twice`);
    if (value === JSON_VALUE) {
      if (schema !== undefined) checkSchema(schema, [...path, "schema"], `schema of ${name}`);
      return;
    }
    if (!codecs.has(value)) {
      const hint = didYouMean(value, [JSON_VALUE, ...codecs.keys()], packErrors.PACK_UNKNOWN_TYPE.todo);
      report.add(packErrors.PACK_UNKNOWN_TYPE, file, [...path, "value"], `no message type "${value}"`, hint);
    }
    for (const key of ["schema", "indexes"] as const)
      if (key === "schema" ? schema !== undefined : indexes.length > 0)
        report.add(
          packErrors.PACK_COLLECTION,
          file,
          [...path, key],
          `${name} keeps ${value}: ${key} is for json values`,
        );
  });

  function checkSchema(schema: object, path: Path, what: string): void {
    const ajv = new Ajv2020({ strict: false, logger: false });
    if (ajv.validateSchema(schema) !== true) {
      const [first] = ajv.errors ?? [];
      const { place, rest } = placeIn(schema, path, first?.instancePath ?? "");
      const where = rest === "" ? "" : ` at ${rest}`;
      report.add(packErrors.PACK_SCHEMA, file, place, `${what}${where} ${first?.message ?? "is none"}`);
      return;
    }
    try {
      ajv.compile(schema);
    } catch (error) {
      report.add(packErrors.PACK_SCHEMA, file, path, `${what}: ${(error as Error).message}`);
    }
  }
}

/** Where in the file a JSON pointer into a schema leads: through maps by key, through lists by number. */
function placeIn(schema: object, path: Path, pointer: string): { place: Path; rest: string } {
  let here: unknown = schema;
  const place = [...path];
  for (const token of pointer.split("/").slice(1)) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    place.push(Array.isArray(here) ? Number(key) : key);
    here = (here as Record<string, unknown> | undefined)?.[key];
  }
  return { place, rest: pointer };
}
