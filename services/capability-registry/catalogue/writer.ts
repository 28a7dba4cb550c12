import { createHash } from "node:crypto";
import { Engine, Feature, FeatureChanged, type FeatureChangedInit } from "@orrery/schema/capability/v1";
import type { Kit, KitTables } from "@orrery/service";
import { type Lease, simulationErrors } from "@orrery/simulation";
import { type Codec, encodeBytes, type InitOf, isError, type MessageOf, OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { capabilityErrors } from "../errors.ts";
import { type AnswerKey, keeping, knownAnswer } from "../store/answers.ts";
import { commit, framesOf, readHead } from "../store/head.ts";
import type { CapabilityTables, HeadRow } from "../store/tables.ts";
import type { CatalogueState } from "./state.ts";

/** What a change of the catalogue comes to. */
export interface Decided {
  /** Without their revisions. */
  readonly features: readonly Feature[];
  readonly engines: readonly Engine[];
  /** One for each event, in their order; of a feature's the last names its revision. */
  readonly told: readonly Omit<FeatureChangedInit, "catalogueRevision" | "by">[];
}

export interface CatalogueWriter {
  /**
   * Decides on the catalogue as it is when its turn comes, and commits.
   * @returns the revision that it came to
   * @throws what `decide` throws, CAPABILITY_STORE_AWAY, RPC_IDEMPOTENCY_REUSED
   */
  change<C extends Codec>(
    by: string,
    asked: AnswerKey | undefined,
    codec: C,
    decide: () => Decided,
  ): Promise<MessageOf<C>>;
  /** The same of what comes with the code. */
  ship(decided: Decided): Promise<void>;
  /** Why nothing can be changed at present; it is read all the same. */
  problem(): string | undefined;
  close(): Promise<void>;
}

const PROBE_MS = 500;

/** @param refused another process is the writer, or what became of a commit is not known */
export function createCatalogueWriter(
  kit: Kit,
  lease: Lease,
  first: HeadRow,
  state: CatalogueState,
  refused: () => void,
): CatalogueWriter {
  const stopping = new AbortController();
  let head = first;
  let away: string | undefined;
  let probing: Promise<void> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function write(
    by: string,
    { features, engines, told }: Decided,
    answers: (revision: number) => readonly KitTables["answer"][],
  ): Promise<number> {
    const before = head;
    const after = { ...before, revision: before.revision + told.length, next: before.next + told.length };
    const timeMs = kit.hostMs();
    const events = told.map((one, at) => ({ ...one, by, catalogueRevision: before.revision + at + 1 }));
    const sayings = events.map((event) => ({ codec: FeatureChanged, event, key: event.key ?? "", timeMs }));
    const revisionOf = (key: string) => events.findLast((event) => event.key === key)?.catalogueRevision ?? 0;
    const revised = features.map((one) => ({ ...one, revision: revisionOf(one.key) }));
    const revisedEngines = engines.map((one) => ({ ...one, revision: revisionOf(one.engineId) }));
    await commit(kit, lease, {
      before,
      after,
      frames: framesOf(kit, before, sayings),
      answers: answers(after.revision),
      async write(tx) {
        for (const one of revised) await putFeature(tx, one);
        for (const one of revisedEngines) await putEngine(tx, one);
      },
    });
    head = after;
    state.take(revised, revisedEngines, after.revision);
    return after.revision;
  }

  /** @throws CAPABILITY_STORE_AWAY for what the database does not do */
  async function attempt<T>(act: () => Promise<T>): Promise<T> {
    if (away !== undefined) throw new OrreryError(capabilityErrors.CAPABILITY_STORE_AWAY, { given: away });
    try {
      return await act();
    } catch (cause) {
      const isRefused = isError(cause, simulationErrors.WORLD_COMMIT_REFUSED);
      if (cause instanceof OrreryError && !isRefused) throw cause;
      if (isRefused) refused();
      else {
        away = cause instanceof Error ? cause.message : String(cause);
        probing = probe();
      }
      const given = cause instanceof Error ? cause.message : String(cause);
      throw new OrreryError(capabilityErrors.CAPABILITY_STORE_AWAY, { given, cause });
    }
  }

  /** Waits for the database, and looks whether what it was last asked for was done after all. */
  async function probe(): Promise<void> {
    while (away !== undefined && !stopping.signal.aborted) {
      await kit.clock.sleep(PROBE_MS, stopping.signal);
      const now = await readHead(kit, first.name).catch(() => undefined);
      if (now === undefined) continue;
      away = undefined;
      if (now.next !== head.next || now.publisher !== head.publisher) refused();
    }
  }

  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const next = turn.then(act, act);
    turn = next.catch(() => undefined);
    return next;
  }

  return {
    change: (by, asked, codec, decide) =>
      inTurn(() =>
        attempt(async () => {
          const nowMs = kit.hostMs();
          const known = await knownAnswer(kit.store.as<KitTables>(), asked, codec, nowMs);
          if (known !== undefined) return known;
          const reply = (revision: number) => ({ revision }) as InitOf<typeof codec>;
          const revision = await write(by, decide(), (reached) =>
            keeping(asked, codec, reply(reached), nowMs),
          );
          return codec.decode(encodeBytes(codec, reply(revision)));
        }),
      ),
    problem: () => (away === undefined ? undefined : `the catalogue cannot be changed: ${away}`),
    async close() {
      stopping.abort();
      await turn;
      await probing;
    },
    ship: (decided) => inTurn(async () => void (await write("catalogue", decided, () => []))),
  };
}

/** Tells one description from another; what is counted here does not count. */
export function digestOf(codec: typeof Feature | typeof Engine, one: Feature | Engine): string {
  const bytes = encodeBytes(codec as Codec, { ...one, revision: 0 });
  return createHash("sha256").update(bytes).digest("base64url");
}

type Db = Kysely<CapabilityTables>;

async function putFeature(tx: Db, feature: Feature): Promise<void> {
  const body = encodeBytes(Feature, feature);
  const shipped = feature.shipped ? digestOf(Feature, feature) : "";
  await tx
    .insertInto("feature")
    .values({ key: feature.key, body, shipped })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ body, shipped }))
    .execute();
}

async function putEngine(tx: Db, engine: Engine): Promise<void> {
  const body = encodeBytes(Engine, engine);
  await tx
    .insertInto("engine")
    .values({ id: engine.engineId, body, shipped: "" })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ body }))
    .execute();
}
