import { z } from "zod";
import { fileOf, partNames, shapes } from "./parts.ts";

/**
 * What a builder may write in each file of a pack, as JSON Schema (draft 2020-12) by the file's name: editors complete and
 * check by it. What fits together (ids, land, roads) only `inspectPack` knows.
 */
export const jsonSchemas = (): ReadonlyMap<string, object> =>
  new Map(
    partNames.map((part) => {
      const schema = z.toJSONSchema(shapes[part], { io: "input", unrepresentable: "any" });
      return [fileOf(part), { ...schema, title: `${fileOf(part)} of a world pack` }];
    }),
  );
