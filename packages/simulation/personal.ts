import type { IntakeStep } from "@orrery/schema/simulation/v1";
import { commandPlace, eventPlace, type Kit, type Personal, serviceErrors } from "@orrery/service";
import { isError, PLATFORM } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { FRAME_MAX_BYTES } from "./outgoing.ts";
import { type SectionOf, withPack } from "./pack.ts";
import { platformEventIn } from "./platform/event.ts";
import type { TableTypes } from "./state/state.ts";
import type { Collected, Handlers, Incoming, IncomingCommand } from "./shard.ts";

/*
 * A shard works on what is in the clear; what it took in is recorded sealed, and what it emits leaves sealed. Keys are
 * fetched around it, never in it: between two awaits it is fed, or collected from, in one go.
 */

/** What opens and seals, however it is reached: a service's kit, or calls to event-bus in a replay. */
export type Opener = Pick<Personal, "openMessage">;
/** What makes inputs whole for a handler: personal fields in the clear, packs with their sections. */
export interface Wholes extends Opener {
  readonly section: SectionOf;
}
export type Sealer = Pick<Personal, "sealFrame" | "sealMessage">;

/** A recorded step as a shard takes it. */
export type Taken =
  | { readonly case: "event"; readonly value: Incoming }
  | { readonly case: "command"; readonly value: IncomingCommand };

const WAIT_MS = 1_000;

/** Waits for keys as long as event-bus does not answer: what a world takes in is not given up for that. */
export async function untilKeys<T>(
  { clock, log }: Pick<Kit, "clock" | "log">,
  stopping: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isError(error, serviceErrors.PERSONAL_KEYS_UNREACHABLE) || stopping.aborted) throw error;
      log.warn({ err: error }, "waits for keys");
      await clock.sleep(WAIT_MS, stopping);
    }
  }
}

/**
 * With its personal fields in the clear, or its pack in it, beside the bytes as they came.
 * @param world in whose journal it is
 * @returns whose fields are erased
 */
export async function openEvent(
  opener: Wholes,
  handlers: Handlers,
  event: Incoming,
  world: string,
): Promise<{ readonly event: Incoming; readonly erased: readonly string[] }> {
  const whole = await withPack(event.type, event.payload, world, opener.section, handlers.reads);
  if (whole !== undefined) return { event: { ...detached(event), opened: whole }, erased: [] };
  const codec = handlers.events.get(event.type)?.codec;
  if (codec?.personal === undefined) return { event, erased: [] };
  const place = eventPlace(event.publisher, event.sequence);
  const { bytes, erased } = await opener.openMessage(codec, event.payload, place);
  return { event: { ...detached(event), opened: bytes }, erased };
}

/** A copy that holds by itself: what a frame hands out is a view, whose fields no spread would copy. */
export const detached = ({
  publisher,
  sequence,
  type,
  key,
  source,
  timeMs,
  payload,
  traceparent,
  ofPlatform = false,
}: Incoming): Incoming => ({
  ...{ publisher, sequence, type, key, source, timeMs, payload, traceparent, ofPlatform },
});

/** @returns whose fields are erased */
export async function openCommand(
  opener: Wholes,
  handlers: Handlers,
  command: IncomingCommand,
): Promise<{ readonly command: IncomingCommand; readonly erased: readonly string[] }> {
  const event = platformEventIn(command);
  if (event !== undefined) {
    const { event: opened, erased } = await openEvent(opener, handlers, event, PLATFORM);
    return { command: { ...command, opened: opened.opened }, erased };
  }
  const codec = handlers.commands.get(command.method)?.request;
  if (codec?.personal === undefined) return { command, erased: [] };
  const place = commandPlace(command.method, command.stampedMs);
  const { bytes, erased } = await opener.openMessage(codec, command.request, place);
  return { command: { ...command, opened: bytes }, erased };
}

export async function openSteps(
  opener: Wholes,
  handlers: Handlers,
  steps: readonly IntakeStep[],
  world: string,
): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (const { step } of steps) {
    if (step.case === "event")
      taken.push({ case: "event", value: (await openEvent(opener, handlers, step.value, world)).event });
    else if (step.case === "command")
      taken.push({ case: "command", value: (await openCommand(opener, handlers, step.value)).command });
  }
  return taken;
}

/** Whether anything that this aggregate writes has personal fields: if not, nothing is ever looked at. */
export const writesPersonal = (aggregate: Aggregate): boolean =>
  [
    aggregate.state.root,
    ...Object.values(aggregate.state.tables as TableTypes),
    ...aggregate.emits,
    ...aggregate.commands.flatMap(({ request, reply }) => [request, reply]),
  ].some((codec) => codec.personal !== undefined);

/** Frames as they leave. @returns whose fields could only be written as ERASED */
export async function sealFrames(sealer: Pick<Sealer, "sealFrame">, frames: readonly Uint8Array[]) {
  const sealed: Uint8Array[] = [];
  const erased = new Set<string>();
  for (const frame of frames) {
    const one = await sealer.sealFrame(frame, FRAME_MAX_BYTES);
    sealed.push(...one.frames);
    for (const subject of one.erased) erased.add(subject);
  }
  return { frames: sealed, erased: [...erased] };
}

/** What a commit writes of a shard, sealed: recorded commands and emitted frames. Events were recorded as they came. */
export async function sealCollected(
  sealer: Sealer,
  handlers: Handlers,
  world: string,
  collected: Collected,
): Promise<Collected> {
  const { frames } = await sealFrames(sealer, collected.frames);
  const steps: IntakeStep[] = [];
  for (const one of collected.steps) {
    const { step } = one;
    const codec = step.case === "command" ? handlers.commands.get(step.value.method)?.request : undefined;
    if (step.case !== "command" || codec?.personal === undefined) {
      steps.push(one);
      continue;
    }
    const place = commandPlace(step.value.method, step.value.stampedMs);
    const request = await sealer.sealMessage(codec, step.value.request, world, place);
    steps.push({ ...one, step: { case: "command", value: { ...step.value, request } } });
  }
  return { ...collected, frames, steps };
}

/** What a kept answer's values are sealed for. */
export const answerPlace = (key: string): string => `answer/${key}`;
