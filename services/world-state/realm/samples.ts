import { projection, type Store } from "@orrery/service";
import { type Codec, encodeBytes } from "@orrery/wire";

/** What is noted of a moment: all of a world, or some of a large one's regions. */
interface Sample {
  readonly atGs: number;
  readonly regionIds: readonly string[];
}

type SampleTable = "market_hour" | "control_day";
type SampleTables = Record<
  SampleTable,
  { world: string; at_gs: number; first_region: string; sample: Uint8Array }
>;

const DAY_GS = 86_400;
const KEPT_GS = 720 * DAY_GS;
const PAGE = 500;

/** Keeps every sample of a type as it passes, for 720 game days; the realm itself remembers only the present. */
export const keepSamples = <M extends Sample>(name: string, type: Codec<M>, table: SampleTable) =>
  projection(
    name,
    [type.typeName],
    async (events, into) => {
      const db = into.as<SampleTables>();
      for (const event of events) {
        const sample = event.decode(type) as M;
        const { atGs, regionIds } = sample;
        const first_region = regionIds[0] ?? "";
        await db
          .insertInto(table)
          .values({ world: into.world, at_gs: atGs, first_region, sample: encodeBytes(type, sample) })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        if (atGs % DAY_GS === 0)
          await db
            .deleteFrom(table)
            .where("world", "=", into.world)
            .where("at_gs", "<", atGs - KEPT_GS)
            .execute();
      }
    },
    { tables: [table] },
  );

export interface SpanAsked {
  readonly world: string;
  /** Game seconds, both included. */
  readonly fromGs: number;
  readonly toGs: number;
}

/** Samples in their order, some hundreds at a time: two years of a world's hours are fifty megabytes. */
export async function* samplesOf<M extends Sample>(
  store: Store,
  type: Codec<M>,
  table: SampleTable,
  { world, fromGs, toGs }: SpanAsked,
): AsyncGenerator<M> {
  let after = { at_gs: fromGs, first_region: "" };
  for (;;) {
    const { at_gs, first_region } = after;
    const page = await store
      .as<SampleTables>()
      .selectFrom(table)
      .select(["at_gs", "first_region", "sample"])
      .where("world", "=", world)
      .where((row) =>
        row.or([
          row("at_gs", ">", at_gs),
          row.and([row("at_gs", "=", at_gs), row("first_region", ">", first_region)]),
        ]),
      )
      .where("at_gs", "<=", toGs)
      .orderBy("at_gs")
      .orderBy("first_region")
      .limit(PAGE)
      .execute();
    for (const { sample } of page) yield type.decode(sample);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}
