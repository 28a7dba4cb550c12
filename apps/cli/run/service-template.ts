/** The files of a new service: a contract, a definition, a test, and its place among the workspaces. */
export function serviceFiles(id: string): Readonly<Record<string, string>> {
  const domain = id.split("-")[0] ?? id;
  const pascal = domain.charAt(0).toUpperCase() + domain.slice(1);
  const folder = `services/${id}`;
  return {
    [`schema/orrery/${domain}/v1/events.proto`]: contract(domain, pascal),
    [`${folder}/service.ts`]: definition(id, domain, pascal),
    [`${folder}/service.test.ts`]: test(id, domain, pascal),
    [`${folder}/package.json`]: manifest(id, domain),
  };
}

const contract = (domain: string, pascal: string) => `syntax = "proto3";

package ${domain}.v1;

import "orrery/options.proto";

// The ${domain} has changed: once a game hour.
message ${pascal}Changed {
  option (orrery.event) = {
    lane: LANE_STANDARD
    coalesce: true
    audience: AUDIENCE_WORLD
    says: "The ${domain} stands at {level, number, ::.00}"
  };
  double at_gs = 1;
  double level = 2 [(orrery.unit) = "0..1"];
}

// What the service remembers of a world.
message ${pascal}State {
  double level = 1;
}
`;

const definition = (
  id: string,
  domain: string,
  pascal: string,
) => `import { ${pascal}Changed, ${pascal}State } from "@orrery/schema/${domain}/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { defineService } from "@orrery/service";
import { defineAggregate } from "@orrery/simulation/define";

const STEP = 0.1;

/** A level that wanders a little each game hour. */
export const ${domain} = defineAggregate({ state: { root: ${pascal}State }, emits: [${pascal}Changed] }, ({ on }) => ({
  create({ root }) {
    root.level = 0.5;
  },
  on: [
    on(HourChanged, ({ root }, hour, ctx) => {
      const step = STEP * ctx.streams.stream("level", hour.atGs).normal();
      root.level = Math.min(1, Math.max(0, root.level + step));
      ctx.emit(${pascal}Changed, { atGs: hour.atGs, level: root.level });
    }),
  ],
}));

export default defineService({
  id: "${id}",
  summary: "The ${domain} of a world, hour by hour.",
  aggregate: ${domain},
});
`;

const test = (
  id: string,
  domain: string,
  pascal: string,
) => `import { ${pascal}Changed } from "@orrery/schema/${domain}/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { testWorld } from "@orrery/simulation/testing";
import { expect, it } from "vitest";
import { ${domain} } from "./service.ts";

it("moves once an hour, caused by the hour, and stays in its range", () => {
  const world = testWorld(${domain}, { worldId: "test", seed: "one" }, "${id}");
  for (let hour = 1; hour <= 48; hour++) {
    const cause = world.tell(HourChanged, { atGs: hour * 3_600 });
    expect(world.emitted(${pascal}Changed).at(-1)?.cause).toEqual(cause);
  }
  const levels = world.emitted(${pascal}Changed).map(({ event }) => event.level);
  expect(levels).toHaveLength(48);
  expect(new Set(levels).size).toBeGreaterThan(10);
  for (const level of levels) expect(level >= 0 && level <= 1).toBe(true);
});
`;

const manifest = (id: string, domain: string) =>
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
    },
    null,
    2,
  )}\n`;
