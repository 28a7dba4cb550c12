import { capital, type Wanted } from "./wanted.ts";

/** What a new service says of itself, to people and to npm. */
export const pageFiles = (wanted: Wanted): Readonly<Record<string, string>> => ({
  "README.md": page(wanted),
  "package.json": manifest(wanted),
});

function page({ id, domain, rpc, snapshot }: Wanted): string {
  const name = capital(domain);
  const answers = rpc ? ` **Answers** \`${domain}.v1.${name}Service\`: ListLevels.` : "";
  const files = [
    [`${domain}.ts`, "the aggregate: a level, and how it moves when an hour strikes"],
    ...(rpc ? [["rpc.ts", "calls"]] : []),
    ...(snapshot ? [["snapshot.ts", "what a client learns that comes now"]] : []),
  ];
  return `# ${id}

The ${domain} of a world, hour by hour.

**Publishes** \`${domain}.v1\`: ${name}Changed. **Hears** \`time.v1\` HourChanged; \`world.v1\` WorldCreated.${answers}

| File | Holds |
|---|---|
${files.map(([file, holds]) => `| \`${file}\` | ${holds} |`).join("\n")}

World logic draws only from substreams of the world's seed, named by hour. No settings.
${rpc ? "**Limits**: the levels of the last 24 hours are kept.\n" : ""}`;
}

const manifest = ({ id, domain, snapshot }: Wanted) =>
  `${JSON.stringify(
    {
      name: `@orrery/${id}`,
      version: "0.1.0",
      private: true,
      description: `The ${domain} of a world.`,
      license: "Apache-2.0",
      type: "module",
      exports: { ".": "./service.ts" },
      dependencies: {
        "@bufbuild/protobuf": "2.17",
        "@orrery/schema": "*",
        "@orrery/service": "*",
        "@orrery/simulation": "*",
      },
      ...(snapshot && { devDependencies: { "@orrery/wire": "*" } }),
    },
    null,
    2,
  )}\n`;
