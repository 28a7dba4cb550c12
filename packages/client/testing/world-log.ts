import type { StreamMark, Subscribe } from "@orrery/schema/router/v1";
import { PhaseChanged } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { createFrameWriter, encodeBytes } from "@orrery/wire";

/** One event of the fake edge's world. */
export interface Said {
  readonly publisher: string;
  readonly sequence: number;
  readonly type: string;
  /** "" when it concerns the world as a whole. */
  readonly region: string;
  readonly value: number;
  readonly timeMs: number;
}

/** Everything that was said in a world, and how it stands. */
export interface WorldLog {
  say(publisher: string, region: string, timeMs: number): Said;
  /** In order of arrival. */
  readonly said: readonly Said[];
  heads(): StreamMark[];
  /** The latest of each type and region that a look concerns. */
  present(look: Subscribe): Said[];
}

const FRAME_EVENTS = 500;
export const FINGERPRINT = "0123456789abcdef";

export function createWorldLog(): WorldLog {
  const said: Said[] = [];
  const heads = new Map<string, number>();
  const latest = new Map<string, Said>();
  return {
    said,
    say(publisher, region, timeMs) {
      const sequence = (heads.get(publisher) ?? 0) + 1;
      heads.set(publisher, sequence);
      const type = region === "" ? PhaseChanged.typeName : WeatherChanged.typeName;
      const event = { publisher, sequence, type, region, value: said.length + 1, timeMs };
      said.push(event);
      latest.set(`${type} ${region}`, event);
      return event;
    },
    heads: () =>
      [...heads].map(
        ([publisher, sequence]) =>
          ({ $typeName: "router.v1.StreamMark", publisher, sequence, lane: 2 }) as StreamMark,
      ),
    present: (look) => [...latest.values()].filter((event) => concerns(look, event)),
  };
}

export function concerns(
  { regionIds, allRegions, types, withoutWorld }: Subscribe,
  { region, type }: Said,
): boolean {
  if (types.length > 0 && !types.some((glob) => type.startsWith(glob.replace("*", "")))) return false;
  return region === "" ? !withoutWorld : allRegions || regionIds.includes(region);
}

/** Frames of these events, in their order: a publisher's events that follow each other share one. */
export function framesOf(events: readonly Said[]): Uint8Array[] {
  const runs: Said[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last?.publisher === event.publisher && last.sequence < event.sequence;
    if (run !== undefined && follows && run.length < FRAME_EVENTS) run.push(event);
    else runs.push([event]);
  }
  return runs.map((run) => {
    const { publisher, sequence } = run[0] as Said;
    const head = {
      publisher,
      source: "fake",
      world: "w",
      lane: "standard",
      fingerprint: FINGERPRINT,
    } as const;
    const writer = createFrameWriter({ ...head, firstSequence: sequence });
    for (const { type, region, value, timeMs, sequence: own } of run) {
      const payload =
        type === PhaseChanged.typeName
          ? encodeBytes(PhaseChanged, { atGs: value })
          : encodeBytes(WeatherChanged, { atGs: value, regionId: region });
      writer.appendRaw(type, payload, { key: region, timeMs, sequence: own });
    }
    return writer.finish();
  });
}
