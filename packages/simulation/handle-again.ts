import { JournalService } from "@orrery/schema/bus/v1";
import type { IntakeBatch } from "@orrery/schema/simulation/v1";
import { errorCodeOf, type Kit } from "@orrery/service";
import { type EventId, OrreryError, peekFrame } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { breather } from "./breathe.ts";
import { type Difference, firstDifference, inWords, refusal, type Told, unlike } from "./difference.ts";
import { simulationErrors } from "./errors.ts";
import type { Keeping } from "./keeping.ts";
import { digestFrames } from "./outgoing.ts";
import { openSteps, sealFrames, type Taken, writesPersonal } from "./personal.ts";
import type { Incoming, Shard } from "./shard.ts";
import { isSameCode } from "./version/same.ts";

/** A commit as it was recorded. */
export interface Recorded {
  readonly seq: number;
  readonly batch: IntakeBatch;
}

/** What an operator took on: from this commit on, this code makes something else of what came in. */
export interface Adopted {
  readonly from: string;
  readonly intakeSeq: number;
  readonly difference: string;
}

/** How long the journal may take to say what was told, ms: it only makes an error's sentence fuller. */
const ASK_MS = 3_000;

/**
 * Handles the recorded commits since a cut again, and holds what they emit against what was told.
 * @param begin opens the shard as its cut left it; again after a handler died half way
 * @throws WORLD_CODE_DIFFERS, unless the operator takes on what this code makes of them
 */
export async function handleAgain(
  keeping: Keeping,
  world: string,
  tail: readonly Recorded[],
  begin: () => Promise<Shard>,
): Promise<{ readonly shard: Shard; readonly adopted: Adopted | undefined }> {
  const { kit } = keeping;
  /** Inputs that this code refuses; only who adopts goes on without them. */
  const refused = new Set<Taken>();
  const steps: (readonly Taken[])[] = [];
  for (const { batch } of tail)
    steps.push(await openSteps(keeping.wholes, keeping.handlers, batch.steps, world));
  let adopted: Adopted | undefined;
  const breathe = breather(kit.clock);

  function differs(told: ToldBatch, difference: Difference): void {
    if (adopted !== undefined) return;
    const words = inWords(difference);
    if (!kit.adopts) throw differing(keeping, world, told, words);
    adopted = { from: told.codeVersion, intakeSeq: told.intakeSeq, difference: words };
  }

  let shard = await begin();
  // Torn by an input that is left out the next time.
  while (!(await goThrough(shard))) shard = await begin();
  return { shard, adopted };

  /** @returns false: a handler died half way */
  async function goThrough(shard: Shard): Promise<boolean> {
    for (const [at, { seq, batch }] of tail.entries()) {
      await breathe();
      const told = { intakeSeq: seq, codeVersion: batch.codeVersion, emitted: batch.emitted, batch };
      for (const step of steps[at] ?? []) {
        if (refused.has(step)) continue;
        try {
          retake(shard, step);
        } catch (error) {
          differs(told, refusal(told, error));
          refused.add(step);
          if (shard.broken) return false;
        }
      }
      const frames = shard.collect()?.frames ?? [];
      if (adopted === undefined && !(await isAsTold(kit, keeping.aggregate, frames, batch.emittedDigest)))
        differs(told, await differenceTo(kit, world, frames, told));
    }
    return true;
  }
}

type ToldBatch = Told & { readonly batch: IntakeBatch };

/** Whether these are the bytes that were told. What is erased since cannot be held against anything. */
export async function isAsTold(
  kit: Pick<Kit, "personal">,
  aggregate: Aggregate,
  frames: readonly Uint8Array[],
  emittedDigest: Uint8Array,
): Promise<boolean> {
  const sealed = writesPersonal(aggregate) ? await sealFrames(kit.personal, frames) : { frames, erased: [] };
  return sealed.erased.length > 0 || Buffer.compare(digestFrames(sealed.frames), emittedDigest) === 0;
}

function differing(
  { kit, codeVersion }: Keeping,
  world: string,
  { intakeSeq, batch }: ToldBatch,
  words: string,
): OrreryError {
  const first = batch.steps[0]?.step;
  const input =
    first?.case === "event"
      ? `${first.value.type} ${first.value.publisher}/${first.value.sequence}`
      : (first?.value?.method ?? "nothing");
  const more = batch.steps.length > 1 ? ` and ${batch.steps.length - 1} more` : "";
  const codes = isSameCode(batch.codeVersion, codeVersion)
    ? `the code is the same (${codeVersion}): it does not handle alike each time`
    : `handled by ${batch.codeVersion}, here ${codeVersion}`;
  return new OrreryError(simulationErrors.WORLD_CODE_DIFFERS, {
    given: `${kit.service} of world ${world}, commit ${intakeSeq} (${input}${more}): ${words}; ${codes}`,
  });
}

/** Hands a recorded input to a shard again: what was recorded was taken, whatever its marks say. */
export function retake(shard: Shard, step: Taken): void {
  if (step.case === "event") shard.retakeEvent(step.value);
  else shard.takeCommand(step.value);
}

/** Event and field, where the journal answers. */
async function differenceTo(
  kit: Kit,
  world: string,
  frames: readonly Uint8Array[],
  told: ToldBatch,
): Promise<Difference> {
  const journal = kit.client(JournalService);
  async function published(id: EventId): Promise<Incoming | undefined> {
    const asked = { worldId: world, which: { case: "id" as const, value: id } };
    const answer = await journal.get(asked, { timeoutMs: ASK_MS }).catch((error: unknown) => {
      if (errorCodeOf(error) === UNKNOWN_EVENT) return undefined;
      throw error;
    });
    if (answer?.event === undefined) return undefined;
    const { type, key, service: source, timeMs, payload } = answer.event;
    return { ...id, type, key, source, timeMs, payload };
  }
  try {
    return await firstDifference(frames, told, published);
  } catch {
    // Who keeps the journal is away, or starts after this service: which event it is cannot be said.
    const count = told.emitted.reduce((sum, run) => sum + run.count, 0);
    const types = frames.flatMap((frame) => [...peekFrame(frame).types]);
    return unlike(
      told,
      "events",
      `the ${count} that were told (the journal does not answer which)`,
      `others, of ${[...new Set(types)].join(", ") || "no type"}`,
    );
  }
}

/** What the journal answers when it does not have an event. */
const UNKNOWN_EVENT = "BUS_UNKNOWN_EVENT";
