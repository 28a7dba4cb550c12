import { capital, SUMMARY, type Wanted } from "./wanted.ts";

/** What a new service says of itself, to people and to npm. */
export const pageFiles = (wanted: Wanted): Readonly<Record<string, string>> => ({
  "README.md": page(wanted),
  "package.json": manifest(wanted),
});

function page({ id, domain, of, rpc, snapshot }: Wanted): string {
  const name = capital(domain);
  const answers = rpc ? ` **Answers** \`${domain}.v1.${name}Service\`: ListLevels.` : "";
  const files = [
    [`${domain}.ts`, `the aggregate: a level, and how it moves ${MOVES[of]}`],
    ...(rpc ? [["rpc.ts", "calls"]] : []),
    ...(snapshot ? [["snapshot.ts", "what a client learns that comes now"]] : []),
  ];
  return `# ${id}

${SUMMARY[of](domain)}

**Publishes** \`${domain}.v1\`: ${name}Changed${HEARS[of]}${answers}

| File | Holds |
|---|---|
${files.map(([file, holds]) => `| \`${file}\` | ${holds} |`).join("\n")}

${DRAWS[of]} No settings.
${rpc ? `**Limits**: ${KEPT[of]}.\n` : ""}`;
}

const MOVES = { world: "when an hour strikes", platform: "with each minute of real time" } as const;
const HEARS = {
  world: ". **Hears** `time.v1` HourChanged; `world.v1` WorldCreated.",
  platform: ", in the world `platform`. **Hears** nothing: it moves by ticks.",
} as const;
const DRAWS = {
  world: "World logic draws only from substreams of the world's seed, named by hour.",
  platform:
    "The state is one for all worlds. It draws only from substreams of the platform's seed, named by minute.",
} as const;
const KEPT = {
  world: "the levels of the last 24 hours are kept",
  platform: "the levels of the last 10 minutes are kept",
} as const;

const manifest = ({ id, domain, of, rpc, snapshot }: Wanted) =>
  `${JSON.stringify(
    {
      name: `@orrery/${id}`,
      version: "0.1.0",
      private: true,
      description: SUMMARY[of](domain),
      license: "Apache-2.0",
      type: "module",
      exports: { ".": "./service.ts" },
      dependencies: {
        "@bufbuild/protobuf": "2.17",
        "@orrery/schema": "*",
        "@orrery/service": "*",
        "@orrery/simulation": "*",
        ...(of === "platform" && rpc && { "@orrery/wire": "*" }),
      },
      ...(snapshot && { devDependencies: { "@orrery/wire": "*" } }),
    },
    null,
    2,
  )}\n`;
