import { createFrameWriter, type EventCursor, isError, openFrame, wireErrors } from "@orrery/wire";
import { type Effort, median, runFor } from "./measure.ts";
import type { MixEvent } from "./mix.ts";

/** ns an event, medians. */
export interface FrameSpeed {
  /** Appending and finishing. */
  readonly write: number;
  /** Opening: checksum and structure of the whole frame. */
  readonly open: number;
  /** Walking an open frame, envelope only. */
  readonly walk: number;
  /** Walking with a view of each event and its routing fields. */
  readonly walkViews: number;
  /** Walking with each event decoded. */
  readonly walkDecode: number;
}

const head = {
  publisher: "wm-7f3a9c21",
  source: "weather-manager",
  world: "hollowmere",
  lane: "standard",
  fingerprint: "0123456789abcdef",
  firstSequence: 1_000_000,
} as const;

/** How fast full frames of the mix are written and read. */
export function frameSpeed(mix: readonly MixEvent[], effort: Effort): FrameSpeed {
  const { frames, order } = writeAll(mix);
  const samples = { write: [], open: [], walk: [], walkViews: [], walkDecode: [] } as Record<
    keyof FrameSpeed,
    number[]
  >;
  const passes: Record<keyof FrameSpeed, () => number> = {
    write: () => writeAll(mix).frames.length,
    open: () => frames.reduce((sum, frame) => sum + openFrame(frame).count, 0),
    walk: () => walk((cursor) => cursor.sequence + cursor.timeMs + cursor.key.length),
    walkViews: () => walk((cursor, event) => event.route(cursor.view(event.codec))),
    walkDecode: () => walk((cursor, event) => event.route(cursor.decode(event.codec))),
  };
  const open = frames.map((frame) => openFrame(frame));
  function walk(read: (cursor: EventCursor, event: MixEvent) => number): number {
    let sum = 0;
    let at = 0;
    for (const frame of open) {
      const cursor = frame.cursor();
      while (cursor.next()) sum += read(cursor, order[at++]!);
    }
    return sum;
  }
  for (let round = -Math.ceil(effort.rounds / 4); round < effort.rounds; round++) {
    for (const [name, pass] of Object.entries(passes) as [keyof FrameSpeed, () => number][]) {
      const ns = runFor(pass, mix.length, effort.roundMs);
      if (round >= 0) samples[name].push(ns);
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, list]) => [name, median(list)]),
  ) as unknown as FrameSpeed;
}

function writeAll(mix: readonly MixEvent[]): { frames: Uint8Array[]; order: readonly MixEvent[] } {
  const frames: Uint8Array[] = [];
  let writer = createFrameWriter(head);
  const append = (event: MixEvent, timeMs: number) => {
    writer.append(event.codec, event.init, {
      timeMs,
      cause: { publisher: "tm-01b2c3d4", sequence: 500_000 },
    });
  };
  for (let i = 0; i < mix.length; i++) {
    try {
      append(mix[i]!, 1_717_200_000_000 + (i >> 4));
    } catch (error) {
      if (!isError(error, wireErrors.WIRE_FRAME_FULL)) throw error;
      frames.push(writer.finish());
      writer = createFrameWriter({ ...head, firstSequence: writer.nextSequence });
      append(mix[i]!, 1_717_200_000_000 + (i >> 4));
    }
  }
  frames.push(writer.finish());
  return { frames, order: mix };
}
