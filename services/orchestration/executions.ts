import {
  Execution,
  StepCompleted,
  WorkflowCompensated,
  WorkflowCompleted,
  WorkflowFailed,
  WorkflowStarted,
} from "@orrery/schema/orchestration/v1";
import { type Kit, type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import type { Config } from "./config.ts";
import { checkFrozen } from "./definitions/frozen.ts";
import { hashOf } from "./definitions/made-of.ts";
import { createRegistry, type Registry } from "./definitions/registry.ts";
import type { Definition } from "./engine/definition.ts";
import { createDue, type Due } from "./keep/due.ts";
import { createFeed, type Feed } from "./keep/feed.ts";
import type { OrchestrationTables } from "./store/rows.ts";
import { type Boundary, createDispatcher, type Dispatcher } from "./work/dispatcher.ts";
import { createWriter, type Job, type Writer } from "./write/writer.ts";

/** All executions, in the hands of one process at a time. */
export interface Executions {
  /** @throws what the job throws, ORCH_BUSY, ORCH_STORE_AWAY, SERVICE_NOT_READY where another process has them */
  submit<T>(job: Job<T>): Promise<T>;
  readonly active: boolean;
  readonly registry: Registry;
  readonly feed: Feed;
  readonly dispatcher: Dispatcher | undefined;
  hash(definition: Definition): string;
  /** Versions that have run, `<id>/<version>`. */
  readonly frozen: Set<string>;
}

interface Lead {
  readonly writer: Writer;
  readonly dispatcher: Dispatcher;
  readonly due: Due;
}

const PAGE = 500;

export const executionsOf = (definitions: readonly Definition[], at?: Boundary): Part<Executions> => ({
  name: "executions",
  publishes: [WorkflowStarted, StepCompleted, WorkflowCompleted, WorkflowFailed, WorkflowCompensated],
  subscribes: [],
  async start(kit) {
    const registry = createRegistry(definitions);
    const hashes = new Map<Definition, string>();
    const hash = (definition: Definition): string => {
      const known = hashes.get(definition) ?? hashOf(definition);
      hashes.set(definition, known);
      return known;
    };
    const db = kit.store.as<OrchestrationTables>();
    const frozen = await checkFrozen(db, registry, (id, version) => hash(registry.of(id, version)));
    const config = kit.config as Config;
    const feed = createFeed();
    let lead: Lead | undefined;

    async function leave(): Promise<void> {
      const left = lead;
      lead = undefined;
      await left?.due.close();
      await left?.dispatcher.close();
      await left?.writer.close();
    }

    const leads = await leading(kit, "executions", async (lease) => {
      await kit.outbox.resume();
      const writer: Writer = createWriter({
        ...{ kit, lease, registry, queueLimit: config.queueLimit },
        committed(touched) {
          for (const execution of touched.values()) {
            dispatcher.sync(execution);
            feed.tell(execution);
          }
          due.look(touched, registry);
        },
      });
      const limits = { inAll: config.callsInAll, perTarget: config.callsPerTarget };
      const dispatcher = createDispatcher(kit, registry, () => writer, limits, at);
      const due = createDue(kit, writer);
      lead = { writer, dispatcher, due };
      try {
        // What was out when the last process ended goes out again, under the same keys.
        await issueAgain(kit, dispatcher);
      } catch (error) {
        await leave();
        throw error;
      }
      return leave;
    });
    kit.health.add({ name: "writes", kind: "dependency", ask: () => lead?.writer.problem() });
    return {
      handle: {
        async submit(job) {
          if (lead === undefined)
            throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
              given: "another process has the executions",
            });
          return lead.writer.submit(job);
        },
        get active() {
          return lead !== undefined;
        },
        get dispatcher() {
          return lead?.dispatcher;
        },
        ...{ registry, feed, hash, frozen },
      },
      stop: () => leads.stop(),
    };
  },
});

async function issueAgain(kit: Kit, dispatcher: Dispatcher): Promise<void> {
  const db = kit.store.as<OrchestrationTables>();
  for (let after = ""; ; ) {
    const rows = await db
      .selectFrom("execution")
      .select(["id", "body"])
      .where("busy", "=", 1)
      .where("id", ">", after)
      .orderBy("id")
      .limit(PAGE)
      .execute();
    for (const { body } of rows) dispatcher.sync(Execution.decode(body) as Execution);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
