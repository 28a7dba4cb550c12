// Every view of every message, cut at every byte: node bench/codec/views.ts [--each 2] [--json]
import { parseArgs } from "node:util";
import { codecs } from "@orrery/schema/registry";
import { createSamples } from "@orrery/wire/testing/samples.ts";
import { misreadCuts } from "@orrery/wire/testing/view-cuts.ts";
import { codecs as torture } from "@orrery/wire/test-schema/registry.ts";

const { values } = parseArgs({
  options: { each: { type: "string", default: "2" }, json: { type: "boolean", default: false } },
});
const SEED = 20_261_129;
const MOST_BYTES = 400;

const samples = [
  ...createSamples(codecs.values(), Number(values.each), SEED),
  ...createSamples(torture.values(), 4 * Number(values.each), SEED),
];
let cuts = 0;
const types = new Set<string>();
const misread: string[] = [];
for (const { codec, bytes } of samples) {
  if (bytes.length > MOST_BYTES) continue;
  cuts += bytes.length + 1;
  types.add(codec.typeName);
  misread.push(...misreadCuts(codec, bytes));
}
const result = {
  types: types.size,
  samples: samples.length,
  cuts,
  misread: misread.length,
  first: misread[0] ?? "",
};
if (values.json) console.log(JSON.stringify(result));
else
  console.log(
    `${types.size} types, ${cuts} cuts: ${misread.length} misread ${misread.slice(0, 5).join("; ")}`,
  );
process.exitCode = misread.length === 0 ? 0 : 1;
