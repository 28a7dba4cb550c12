import { platformAggregate, platformCalls } from "./platform-text.ts";
import { aggregateName, capital, SUMMARY, type Wanted } from "./wanted.ts";

/** The code of a new service, by file in its folder; its layout is the formatter's matter. */
export function codeFiles(wanted: Wanted): Readonly<Record<string, string>> {
  const { domain, of, rpc, snapshot } = wanted;
  const [state, answers] = of === "world" ? [aggregate, calls] : [platformAggregate, platformCalls];
  return {
    "service.ts": definition(wanted),
    [`${domain}.ts`]: state(wanted),
    ...(rpc && { "rpc.ts": answers(wanted) }),
    ...(snapshot && { "snapshot.ts": opening(wanted) }),
  };
}

function definition({ id, domain, of, rpc, snapshot }: Wanted): string {
  const bindings = [...(snapshot ? ["snapshot"] : []), ...(rpc ? ["rpc"] : [])];
  const own = [...bindings.map((name) => [name, name]), [domain, aggregateName(domain)]].sort();
  return `import { defineService } from "@orrery/service";
${own.map(([file, name]) => `import { ${name} } from "./${file}.ts";`).join("\n")}

export default defineService({
  id: "${id}",
  summary: "${SUMMARY[of](domain)}",
  aggregate: ${aggregateName(domain)},${bindings.length > 0 ? `\n  rpc: [${bindings.join(", ")}],` : ""}
});
`;
}

function aggregate({ domain, rpc, snapshot }: Wanted): string {
  const name = capital(domain);
  const used = [`${name}Changed`, `${name}State`];
  if (rpc) used.unshift("LevelAtSchema");
  const keep = `
      const latest = create(LevelAtSchema, { atGs, level: root.level });
      root.recent = [...root.recent, latest].slice(-KEPT_HOURS);`;
  return `${rpc ? 'import { create } from "@bufbuild/protobuf";\n' : ""}import { ${used.join(", ")} } from "@orrery/schema/${domain}/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { defineAggregate } from "@orrery/simulation/define";

const STEP = 0.1;${rpc ? "\nconst KEPT_HOURS = 24;" : ""}

/** A level that wanders a little each game hour. */
export const ${aggregateName(domain)} = defineAggregate({ state: { root: ${name}State }, emits: [${name}Changed]${snapshot ? ', snapshot: "own"' : ""} }, ({ on }) => ({
  create({ root }, { atGs }, ctx) {
    root.level = 0.5;
    root.atGs = atGs;
    ctx.emit(${name}Changed, { atGs, level: root.level });
  },
  on: [
    on(HourChanged, ({ root }, { atGs }, ctx) => {
      const step = STEP * ctx.streams.stream("level", atGs).normal();
      root.level = Math.min(1, Math.max(0, root.level + step));
      root.atGs = atGs;${rpc ? keep : ""}
      ctx.emit(${name}Changed, { atGs, level: root.level });
    }),
  ],
}));
`;
}

function calls({ domain }: Wanted): string {
  const name = capital(domain);
  const own = aggregateName(domain);
  return `import { ${name}Service } from "@orrery/schema/${domain}/v1";
import { pageAsked, serve } from "@orrery/service";
import { ${own} } from "./${domain}.ts";

export const rpc = serve(${name}Service, {
  listLevels({ worldId, ...asked }, call) {
    const page = pageAsked(asked, ["levels", worldId], ["number"]);
    const [fromGs] = page.place ?? [Number.NEGATIVE_INFINITY];
    // A page begins at a time, not at a number: an hour that strikes meanwhile takes the oldest away.
    const levels = call
      .part(${own})
      .state(worldId)
      .root.recent.filter(({ atGs }) => atGs >= fromGs);
    const next = levels[page.size];
    return { levels: levels.slice(0, page.size), nextPageToken: page.next(next && [next.atGs]) };
  },
});
`;
}

function opening({ domain }: Wanted): string {
  const name = capital(domain);
  const own = aggregateName(domain);
  return `import { ${name}Changed } from "@orrery/schema/${domain}/v1";
import { say, serveSnapshot } from "@orrery/service";
import { ${own} } from "./${domain}.ts";

/** A client that comes now learns the level as it stands, and need not wait for the next hour. */
export const snapshot = serveSnapshot(async ({ worldId }, call) => {
  const worlds = call.part(${own});
  await worlds.settled(worldId);
  const { atGs, level } = worlds.state(worldId).root;
  return { events: [say(${name}Changed, { atGs, level })], asOf: worlds.marks(worldId) };
});
`;
}
