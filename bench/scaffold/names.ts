// Every name that a service may be given: it works when it is started, or is refused by name with the reason. The ids of the
// twenty-one, every reserved word, and odd names strung together by a seed:
//   node bench/scaffold/names.ts [--seed 1] [--names 200] [--group 60] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { paced } from "@orrery/bus-conformance";
import { oddNames, TO_COME } from "@orrery/cli/run/scaffold/names.testing.ts";
import { scratchRepository } from "@orrery/cli/run/scaffold/scratch.testing.ts";
import type { Wanted } from "@orrery/cli/run/scaffold/wanted.ts";
import { serviceIds } from "@orrery/cli/run/services.ts";
import { JournalService } from "@orrery/schema/bus/v1";
import { PLATFORM } from "@orrery/wire";
import { type RunningOrrery, startOrrery } from "../kill9/orrery.ts";
import { besideEachOther, type Judged, judge } from "./judged.ts";
import { OF_CONTRACTS, RESERVED } from "./words.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    names: { type: "string", default: "200" },
    group: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});
/** Services of the platform say their first event within a minute. */
const PATIENCE_MS = paced(90_000);
const LOOK_MS = 1_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const there = serviceIds();
const words = [...RESERVED, ...OF_CONTRACTS];
const asked: readonly (readonly [string, string | undefined])[] = [
  ...there.map((id) => [id, undefined] as const),
  ...Object.entries(TO_COME),
  ...words.map((word) => [word, undefined] as const),
  ...words.map((word) => [`${word.toLowerCase()}-keeper`, undefined] as const),
  ...oddNames(Number(values.seed), Number(values.names)).map((name) => [name, undefined] as const),
];
const wrong: string[] = [];
const judged = new Map<string, Judged>();
for (const [id, domain] of asked) {
  if (judged.has(id)) continue;
  const verdict = judge(id, domain, `spare${judged.size}`);
  judged.set(id, verdict.judged);
  if (verdict.wrong !== undefined) wrong.push(verdict.wrong);
}
const taken = [...judged.values()].filter((one) => "domain" in one);
const groups = besideEachOther(taken, Number(values.group));

/** Writes a group into a copy of its own, starts it, and waits until each has said its event. */
async function startTogether(services: readonly Wanted[]): Promise<void> {
  const scratch = scratchRepository();
  const data = mkdtempSync(join(tmpdir(), "orrery-names-"));
  let orrery: RunningOrrery | undefined;
  try {
    scratch.write(services);
    scratch.node("tools/types.ts", ...services.map(({ id }) => `services/${id}`));
    orrery = await startOrrery(data, undefined, [], join(scratch.root, "apps/cli/main.ts"));
    for (const untilMs = Date.now() + PATIENCE_MS; ; await wait(LOOK_MS)) {
      const silent = await silentOf(orrery, services);
      if (silent.length === 0) return;
      if (Date.now() < untilMs) continue;
      wrong.push(...silent.map(({ id }) => `${id} was started, and said nothing`));
      return;
    }
  } catch (error) {
    const which = `${services.length} services, ${services[0]?.id} to ${services.at(-1)?.id}`;
    wrong.push(`${which}: ${String(error).slice(0, 1_000)}`);
  } finally {
    await orrery?.stop();
    rmSync(data, { recursive: true, force: true });
    scratch.remove();
  }
}

/** Those that have not said an event of theirs yet. */
async function silentOf({ edge }: RunningOrrery, services: readonly Wanted[]): Promise<readonly Wanted[]> {
  const journal = edge.client(JournalService);
  const said = await Promise.all(
    services.map(async ({ domain, of }) => {
      const worldId = of === "platform" ? PLATFORM : edge.world;
      const filter = { types: [`${domain}.v1.*`] };
      return (await journal.query({ worldId, filter, pageSize: 1 })).events.length > 0;
    }),
  );
  return services.filter((_, at) => !said[at]);
}

for (const group of groups) await startTogether(group);
const refused = judged.size - taken.length;
const result = {
  seed: Number(values.seed),
  names: judged.size,
  started: taken.length,
  refused,
  groups: groups.length,
  wrong,
};
console.log(values.json ? JSON.stringify(result) : result);
process.exitCode = wrong.length === 0 ? 0 : 1;
