import { type JournalEvent, PersonalService } from "@orrery/schema/bus/v1";
import {
  type Aggregate,
  type Replayed,
  replayShard,
  type ReplaySource,
  type ReplayVerdict,
  type Stretch,
  inWords,
} from "@orrery/simulation";
import { peekFrame, PLATFORM } from "@orrery/wire";
import { codecs } from "@orrery/schema/registry";
import { WorldCreated } from "@orrery/schema/world/v1";
import { Progress } from "@orrery/schema/simulation/v1";
import { aggregatesOf, type ServiceDefinition } from "@orrery/service";
import { createVersions } from "@orrery/simulation/version";
import type { Edge } from "../edge.ts";
import { gameClock } from "../print.ts";
import { codeVersion } from "./code-version.ts";
import { openWindow } from "./journal-window.ts";
import { loadServices } from "./services.ts";

export interface ReplayAsked {
  readonly services: readonly string[] | undefined;
  /** The first checkpoint at or after this game second begins it. */
  readonly fromGs: number;
}

export interface ServiceReplay {
  /** Its id; of one with several writers `<id>/<aggregate>/<shard>`. */
  readonly service: string;
  readonly verdict: ReplayVerdict;
  readonly seconds: number;
}

/**
 * Replays the aggregates of this code from a running world's journal, in this process: the world goes on undisturbed.
 * @param services default: all that are here
 */
export async function replayWorld(
  edge: Edge,
  asked: ReplayAsked,
  progressed: (service: string, batches: number, atGs: number) => void,
  services?: readonly ServiceDefinition[],
): Promise<ServiceReplay[]> {
  const of = edge.world === PLATFORM ? "platform" : "world";
  const definitions = (services ?? (await loadServices())).filter(
    ({ id }) => asked.services?.includes(id) ?? true,
  );
  const versionOf = createVersions(codeVersion());
  const results: ServiceReplay[] = [];
  for (const definition of definitions)
    for (const aggregate of aggregatesOf(definition).filter((one) => one.of === of)) {
      const pure = aggregate as unknown as Aggregate;
      const code = await versionOf(pure.definedIn);
      for (let [shard, shards] = [0, 1]; shard < shards; shard++) {
        const part = `${pure.name}/${shard}`;
        const { id } = definition;
        const service = pure.shards.most === 1 && aggregate === definition.aggregate ? id : `${id}/${part}`;
        const startMs = performance.now();
        const where = { service: id, world: edge.world, part, codeVersion: code };
        const found = await replayOf(edge, pure, where, asked, (...reached) =>
          progressed(service, ...reached),
        );
        shards = Math.max(shards, found.shards);
        results.push({ service, verdict: found.verdict, seconds: (performance.now() - startMs) / 1000 });
      }
    }
  return results;
}

/** @returns also how many shards its world has, as far as its checkpoints say */
async function replayOf(
  edge: Edge,
  aggregate: Aggregate,
  where: Replayed,
  { fromGs }: ReplayAsked,
  progressed: (batches: number, atGs: number) => void,
): Promise<{ readonly verdict: ReplayVerdict; readonly shards: number }> {
  const types = [WorldCreated.typeName, ...aggregate.on.map(({ codec }) => codec.typeName)];
  let shards = 1;
  // What it told is looked up where it differs, one by one.
  const window = openWindow(edge, { shard: `${where.service}/${where.world}/${where.part}`, types });
  const source: ReplaySource = {
    personal: { ...personalOf(edge), section: window.section },
    async *intake() {
      for await (const told of window.records()) {
        if (told.checkpoint !== undefined)
          shards = Math.max(shards, Progress.decode(told.checkpoint.progress).shards);
        if ((told.record ?? told.checkpoint).atGs >= fromGs) yield told;
      }
    },
    segment: window.segment,
    async event(name) {
      const event = await window.event(name);
      return event && { ...name, ...eventOf(event) };
    },
  };
  return { verdict: await replayShard(aggregate, where, source, progressed), shards };
}

/** A line for each stretch that one code handled. */
export function replayRows({ service, verdict, seconds }: ServiceReplay) {
  const row = { service, seconds: Number(seconds.toFixed(1)) };
  if (verdict.verdict === "NOT_RUN")
    return [{ ...row, verdict: "NOT_RUN", code: "", commits: 0, events: 0, detail: verdict.reason }];
  return verdict.stretches.map((stretch) => ({
    ...row,
    verdict: stretch.verdict as string,
    code: stretch.codeVersion,
    commits: stretch.batches,
    events: stretch.events,
    detail: detailOf(stretch),
  }));
}

function detailOf({ verdict, difference, atGs, codeVersion }: Stretch): string {
  if (difference === undefined) return `to ${gameClock(atGs)}`;
  const words = `intake ${difference.intakeSeq}: ${inWords(difference)}`;
  return verdict === "FAIL" ? words : `differs, and was handled by other code (${codeVersion}); ${words}`;
}

/** Opening and sealing by event-bus, which keeps the keys to itself; what has no personal fields does not go there. */
function personalOf(edge: Edge): Omit<ReplaySource["personal"], "section"> {
  const client = edge.client(PersonalService);
  return {
    async openMessage(codec, bytes, place) {
      if (codec.personal === undefined) return { bytes, erased: [] };
      const opened = await client.openMessage({ type: codec.typeName, place, message: bytes });
      return { bytes: opened.message, erased: opened.erased };
    },
    async sealFrame(frame, maxBytes) {
      const types = peekFrame(frame).types;
      if (types.every((type) => codecs.get(type)?.personal === undefined))
        return { frames: [frame], erased: [] };
      return client.sealFrames({ frames: [frame], maxBytes });
    },
  };
}

const eventOf = ({ type, key, service: source, timeMs, payload, traceparent }: JournalEvent) => ({
  type,
  key,
  source,
  timeMs,
  payload,
  traceparent,
});
