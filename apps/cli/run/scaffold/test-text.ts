import { platformAggregateTest, platformCallsTest } from "./platform-test-text.ts";
import { aggregateName, capital, type Wanted } from "./wanted.ts";

/** The tests of a new service, by file in its folder. */
export function testFiles(wanted: Wanted): Readonly<Record<string, string>> {
  const { domain, of, rpc, snapshot } = wanted;
  const [state, answers] =
    of === "world" ? [ofAggregate, ofCalls] : [platformAggregateTest, platformCallsTest];
  return {
    [`${domain}.test.ts`]: state(wanted),
    ...(rpc && { "rpc.test.ts": answers(wanted) }),
    ...(snapshot && { "snapshot.test.ts": ofSnapshot(wanted) }),
  };
}

function ofAggregate({ id, domain }: Wanted): string {
  const name = capital(domain);
  const own = aggregateName(domain);
  return `import { ${name}Changed } from "@orrery/schema/${domain}/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { testWorld } from "@orrery/simulation/testing";
import { expect, it } from "vitest";
import { ${own} } from "./${domain}.ts";

it("moves once an hour, caused by the hour, and stays in its range", () => {
  const world = testWorld(${own}, { worldId: "test", seed: "one" }, "${id}");
  world.forget();
  for (let hour = 1; hour <= 48; hour++) {
    const cause = world.tell(HourChanged, { atGs: hour * 3_600 });
    expect(world.emitted(${name}Changed).at(-1)?.cause).toEqual(cause);
  }
  const levels = world.emitted(${name}Changed).map(({ event }) => event.level);
  expect(levels).toHaveLength(48);
  expect(new Set(levels).size).toBeGreaterThan(10);
  for (const level of levels) expect(level >= 0 && level <= 1).toBe(true);
});
`;
}

/** One world, under virtual time, with the service as it is started. */
const running = `
const WORLD = "test";
let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
  await services.tell(WORLD, "operator", WorldCreated, { worldId: WORLD, seed: "one", rate: 60 });
});
afterEach(() => services.stop());
`;

function ofCalls({ id, domain }: Wanted): string {
  const name = capital(domain);
  return `import { ${name}Service } from "@orrery/schema/${domain}/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import service from "./service.ts";
${running}
const hours = async (from: number, to: number) => {
  for (let hour = from; hour <= to; hour++)
    await services.tell(WORLD, "time-manager", HourChanged, { atGs: hour * 3_600 });
  await services.pass();
};
const calls = () => services.host.directory.client(${name}Service, { role: "player", id: "ada", scopes: [] });

describe("the calls of ${id}", () => {
  it("list the last 24 hours in pages, and none twice when an hour strikes in between", async () => {
    await hours(1, 30);
    const first = await calls().listLevels({ worldId: WORLD, pageSize: 20 });
    await hours(31, 31);
    const { nextPageToken } = first;
    const second = await calls().listLevels({ worldId: WORLD, pageSize: 20, pageToken: nextPageToken });
    const listed = [...first.levels, ...second.levels].map(({ atGs }) => atGs / 3_600);
    expect(listed).toEqual(Array.from({ length: 25 }, (_, at) => at + 7));
    expect(second.nextPageToken).toBe("");
  });

  it("refuse a world that is not there, by its name", async () => {
    await expect(calls().listLevels({ worldId: "nowhere" })).rejects.toThrow(/WORLD_UNKNOWN.*nowhere/);
  });
});
`;
}

function ofSnapshot({ id, domain }: Wanted): string {
  const name = capital(domain);
  return `import { SnapshotService } from "@orrery/schema/router/v1";
import { ${name}Changed } from "@orrery/schema/${domain}/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { openFrame } from "@orrery/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import service from "./service.ts";
${running}
/** What a client learns that comes now. */
async function opening() {
  const caller = { role: "service", id: "router", scopes: [] } as const;
  const client = services.host.directory.clientOf("${id}", SnapshotService, caller);
  const { frame } = await client.snapshot({ worldId: WORLD });
  return [...openFrame(frame).events()].map((event) => event.decode(${name}Changed));
}

it("tells the level before the first hour has struck, and then the one that was said last", async () => {
  await services.pass();
  expect(await opening()).toMatchObject([{ level: 0.5 }]);
  await services.tell(WORLD, "time-manager", HourChanged, { atGs: 3_600 });
  await services.pass();
  expect(await opening()).toEqual(services.said(${name}Changed).slice(-1));
});
`;
}
