import { aggregateName, capital, type Wanted } from "./wanted.ts";

/** The tests of a service that keeps one state for all worlds. */
export function platformAggregateTest({ id, domain }: Wanted): string {
  const name = capital(domain);
  const own = aggregateName(domain);
  return `import { ${name}Changed } from "@orrery/schema/${domain}/v1";
import { testPlatform } from "@orrery/simulation/testing";
import { expect, it } from "vitest";
import { ${own} } from "./${domain}.ts";

const MINUTE_MS = 60_000;

it("moves once a minute, stays in its range, and passes over minutes in which nobody ran it", () => {
  const platform = testPlatform(${own}, "${id}");
  for (let minute = 1; minute <= 48; minute++) platform.tick();
  const changes = platform.emitted(${name}Changed).map(({ event }) => event);
  expect(changes).toHaveLength(48);
  expect(new Set(changes.map(({ level }) => level)).size).toBeGreaterThan(10);
  for (const { level } of changes) expect(level >= 0 && level <= 1).toBe(true);
  const { atMs } = platform.state.root;
  platform.tick(atMs + 10 * MINUTE_MS + 1);
  expect(platform.emitted(${name}Changed)).toHaveLength(49);
  expect(platform.state.root.atMs).toBe(atMs + 10 * MINUTE_MS);
});
`;
}

export function platformCallsTest({ id, domain }: Wanted): string {
  const name = capital(domain);
  return `import { ${name}Service } from "@orrery/schema/${domain}/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import service from "./service.ts";

const MINUTE_MS = 60_000;
let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
});
afterEach(() => services.stop());

const minutes = async (count: number) => {
  await services.clock.advance(count * MINUTE_MS);
  await services.pass();
};

it("${id} lists the last 10 minutes in pages, and none twice when one passes in between", async () => {
  const calls = services.host.directory.client(${name}Service, { role: "player", id: "ada", scopes: [] });
  await minutes(12);
  const first = await calls.listLevels({ pageSize: 8 });
  await minutes(1);
  const { nextPageToken } = first;
  const second = await calls.listLevels({ pageSize: 8, pageToken: nextPageToken });
  const listed = [...first.levels, ...second.levels].map(({ atMs }) => atMs);
  expect(listed).toHaveLength(11);
  expect(new Set(listed).size).toBe(11);
  expect(second.nextPageToken).toBe("");
});
`;
}
