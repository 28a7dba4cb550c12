import { CodeAdopted } from "@orrery/schema/bus/v1";
import { createFrameWriter } from "@orrery/wire";
import type { Adopted } from "./handle-again.ts";
import type { IntakeSource } from "./intake.ts";
import type { Shard } from "./shard.ts";

/** Says that a shard goes on with what this code made of its inputs; takes a sequence of its intake stream. */
export function adoptedFrame(shard: Shard, source: IntakeSource, adopted: Adopted): Uint8Array {
  const stream = shard.progress.intake;
  if (stream === undefined) throw new RangeError("progress without an intake stream");
  const writer = createFrameWriter({
    publisher: stream.publisher,
    source: source.service,
    world: source.world,
    lane: "bulk",
    fingerprint: source.fingerprint,
    firstSequence: stream.nextSequence,
  });
  stream.nextSequence += 1;
  const atGs = Number.isFinite(shard.atGs) ? shard.atGs : 0;
  writer.append(
    CodeAdopted,
    { service: source.service, to: source.codeVersion, ...adopted, atGs },
    { key: source.service, timeMs: source.timeMs },
  );
  return writer.finish();
}
