import { aggregateName, capital, type Wanted } from "./wanted.ts";

/** The code of a service that keeps one state for all worlds. */
export function platformAggregate({ domain, rpc }: Wanted): string {
  const name = capital(domain);
  const used = [`${name}Changed`, `${name}State`];
  if (rpc) used.unshift("LevelAtSchema");
  const keep = `
        const latest = create(LevelAtSchema, { atMs: root.atMs, level: root.level });
        root.recent = [...root.recent, latest].slice(-KEPT_MINUTES);`;
  return `${rpc ? 'import { create } from "@bufbuild/protobuf";\n' : ""}import { ${used.join(", ")} } from "@orrery/schema/${domain}/v1";
import { definePlatformAggregate } from "@orrery/simulation/define";

const MINUTE_MS = 60_000;
const STEP = 0.1;${rpc ? "\nconst KEPT_MINUTES = 10;" : ""}

/** A level that wanders a little each minute, one for all worlds. */
export const ${aggregateName(domain)} = definePlatformAggregate(
  { state: { root: ${name}State }, emits: [${name}Changed] },
  () => ({
    create({ root }, { timeMs }) {
      root.level = 0.5;
      root.atMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    },
    ticks: {
      dueMs: ({ root }) => root.atMs + MINUTE_MS,
      tick({ root }, ctx) {
        // Minutes in which nobody ran it are passed over.
        root.atMs = Math.floor(ctx.timeMs / MINUTE_MS) * MINUTE_MS;
        const step = STEP * ctx.streams.stream("level", root.atMs).normal();
        root.level = Math.min(1, Math.max(0, root.level + step));${rpc ? keep : ""}
        ctx.emit(${name}Changed, { atMs: root.atMs, level: root.level });
      },
    },
  }),
);
`;
}

export function platformCalls({ domain }: Wanted): string {
  const name = capital(domain);
  const own = aggregateName(domain);
  return `import { ${name}Service } from "@orrery/schema/${domain}/v1";
import { pageAsked, serve } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import { ${own} } from "./${domain}.ts";

export const rpc = serve(${name}Service, {
  listLevels(asked, call) {
    const page = pageAsked(asked, ["levels"], ["number"]);
    const [fromMs] = page.place ?? [Number.NEGATIVE_INFINITY];
    // A page begins at a time, not at a number: a minute that passes meanwhile takes the oldest away.
    const levels = call
      .part(${own})
      .state(PLATFORM)
      .root.recent.filter(({ atMs }) => atMs >= fromMs);
    const next = levels[page.size];
    return { levels: levels.slice(0, page.size), nextPageToken: page.next(next && [next.atMs]) };
  },
});
`;
}
