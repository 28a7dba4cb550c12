import { type JournalEvent, PersonalService } from "@orrery/schema/bus/v1";
import {
  type Aggregate,
  replayShard,
  type ReplaySource,
  type ReplayVerdict,
  type Stretch,
  inWords,
} from "@orrery/simulation";
import { peekFrame, PLATFORM } from "@orrery/wire";
import { codecs } from "@orrery/schema/registry";
import { WorldCreated } from "@orrery/schema/world/v1";
import type { ServiceDefinition } from "@orrery/service";
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
    ({ id, aggregate }) => aggregate?.of === of && (asked.services?.includes(id) ?? true),
  );
  const personal = personalOf(edge);
  const versionOf = createVersions(codeVersion());
  const results: ServiceReplay[] = [];
  for (const { id, aggregate } of definitions) {
    const startMs = performance.now();
    const pure = aggregate as unknown as Aggregate;
    const types = [WorldCreated.typeName, ...pure.on.map(({ codec }) => codec.typeName)];
    // What it told is looked up where it differs, one by one.
    const window = openWindow(edge, { shard: `${id}/${edge.world}`, types });
    const source: ReplaySource = {
      personal,
      async *intake() {
        for await (const told of window.records())
          if ((told.record ?? told.checkpoint).atGs >= asked.fromGs) yield told;
      },
      segment: window.segment,
      async event(name) {
        const event = await window.event(name);
        return event && { ...name, ...eventOf(event) };
      },
    };
    const shard = { service: id, world: edge.world, codeVersion: await versionOf(pure.definedIn) };
    const verdict = await replayShard(pure, shard, source, (batches, atGs) => progressed(id, batches, atGs));
    results.push({ service: id, verdict, seconds: (performance.now() - startMs) / 1000 });
  }
  return results;
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
function personalOf(edge: Edge): ReplaySource["personal"] {
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
