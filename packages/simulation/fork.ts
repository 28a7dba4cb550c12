import { type IntakeCommitted, type JournalEvent, WorldService } from "@orrery/schema/bus/v1";
import type { Mark, Progress } from "@orrery/schema/simulation/v1";
import type { ForkedFrom } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { breather } from "./breathe.ts";
import { isAsTold } from "./handle-again.ts";
import { type CheckpointReader, readCheckpoint } from "./checkpoint.ts";
import { simulationErrors } from "./errors.ts";
import type { Keeping } from "./keeping.ts";
import { holdParent } from "./parent-state.ts";
import { openCommand, openEvent } from "./personal.ts";
import { type Incoming, openShard, type Shard } from "./shard.ts";
import { shardIn } from "./sharding/names.ts";
import { isConcerned } from "./sharding/whom.ts";
import { createLedger, type Ledger } from "./state/ledger.ts";
import { type ReadState, StateTorn } from "./state/read.ts";
import type { State } from "./state/state.ts";

/** What a fork begins with. */
export interface Inherited {
  readonly state: State;
  readonly derived: unknown;
  /** Where its pages are kept. */
  readonly ledger: Ledger;
  readonly atGs: number;
  readonly progress: Progress;
  /** Published before the place and not yet taken in there: the fork takes it in as its first. */
  readonly unseen: readonly Incoming[];
}

/**
 * The parent's shard as it stood at a place of its journal: its last cut or checkpoint before, and what it took in
 * since, handled once more; what was erased meanwhile reads ERASED. What that emits is thrown away: the shared past has it.
 * @throws WORLD_STATE_BROKEN, WORLD_CODE_DIFFERS, and what the journal throws (BUS_NO_CHECKPOINT)
 */
export async function inherit(
  { kit, part, aggregate, handlers, wholes }: Keeping,
  fork: string,
  { worldId, position }: ForkedFrom,
): Promise<Inherited> {
  const journal = kit.client(WorldService);
  const broken = (what: string) =>
    new OrreryError(simulationErrors.WORLD_STATE_BROKEN, { given: `${kit.service} of ${worldId}: ${what}` });
  const breathe = breather(kit.clock);
  const held = await holdParent(kit, part, aggregate, worldId, fork);
  let reading: CheckpointReader | undefined;
  let shard: Shard | undefined;
  let ledger: Ledger = createLedger();

  async function retakeRecord(into: Shard, record: IntakeCommitted, inputs: readonly JournalEvent[]) {
    await breathe();
    const taken = inputs[Symbol.iterator]();
    for (const { item } of record.items) {
      if (item.case === "command")
        into.takeCommand((await openCommand(wholes, handlers, item.value)).command);
      else if (item.case === "run")
        for (let left = item.value.count; left > 0; left--) {
          const next = taken.next();
          if (next.done === true) throw broken(`an input of intake ${record.intakeSeq} is missing`);
          into.retakeEvent((await openEvent(wholes, handlers, incoming(next.value), worldId)).event);
        }
    }
    const frames = into.collect()?.frames ?? [];
    if (!kit.adopts && !(await isAsTold(kit, aggregate, frames, record.emittedDigest)))
      throw new OrreryError(simulationErrors.WORLD_CODE_DIFFERS, {
        given: `a fork of ${worldId} in ${kit.service}: what was handled by ${record.codeVersion} is not what this code makes of it, from commit ${record.intakeSeq} on`,
      });
  }

  const asked = { worldId, service: kit.service, part, position, heldSeq: held?.seq ?? 0 };
  for await (const { worldId: world, item, inputs } of journal.shardHistory(asked)) {
    if (item.case === "held") shard = await openHeld(world);
    else if (item.case === "checkpoint") reading = readCheckpoint(kit.personal, aggregate, item.value);
    else if (item.case === "segment") await reading?.add(item.value);
    else if (item.case === "record") {
      if (shard === undefined) throw broken("its history begins without a whole checkpoint");
      await retakeRecord(shard, item.value, inputs);
    }
    if (reading?.isWhole === true) shard ??= open(world, reading);
  }
  if (shard === undefined) throw broken("no whole checkpoint");
  if (reading !== undefined) await held?.letGo();
  const unseen: Incoming[] = [];
  for await (const { events } of journal.unseen({
    worldId,
    position,
    types: [...handlers.events.keys()],
    marks: shard.progress.marks as Mark[],
  }))
    for (const one of events) {
      const { event } = await openEvent(wholes, handlers, incoming(one), worldId);
      const handler = handlers.events.get(event.type);
      const place = { shard: shardIn(part), shards: Math.max(1, shard.progress.shards) };
      if (handler === undefined || isConcerned(handler, event, place)) unseen.push(event);
    }
  const { state, derived, atGs, progress } = shard;
  return { state, derived, ledger, atGs, progress, unseen };

  /** The parent's last cut lies before the place: what it wrote need not be read from the journal, nor written again. */
  async function openHeld(world: string): Promise<Shard> {
    if (held === undefined) throw broken("nothing of it is held");
    const parent = await held.read();
    ledger = parent.ledger;
    return openWith(world, parent.progress, parent);
  }

  function openWith(
    world: string,
    progress: Progress,
    { state, atGs }: Pick<ReadState, "state" | "atGs">,
  ): Shard {
    const facts = { service: kit.service, world, part, fingerprint: kit.fingerprint };
    return openShard(aggregate, handlers, facts, progress, { state, atGs });
  }

  function open(world: string, checkpoint: CheckpointReader): Shard {
    try {
      return openWith(world, checkpoint.progress(), checkpoint.end());
    } catch (error) {
      if (error instanceof StateTorn) throw broken(error.message);
      throw error;
    }
  }
}

function incoming({ id, type, key, service, timeMs, payload, traceparent }: JournalEvent): Incoming {
  const { publisher = "", sequence = 0 } = id ?? {};
  return { publisher, sequence, type, key, source: service, timeMs, payload, traceparent };
}
