import { UpgradeAdvanced, VersionDetected } from "@orrery/schema/engine/v1";
import { type Part, serviceErrors } from "@orrery/service";
import { createLease } from "@orrery/simulation";
import { type Codec, type MessageOf, OrreryError } from "@orrery/wire";
import type { Job } from "./turn.ts";
import { createWriter, type Writer } from "./writer.ts";

/** All that is written here, in the hands of one process at a time. */
export interface Keeper {
  /** @throws what the job throws, ENGINE_STORE_AWAY, SERVICE_NOT_READY where another process is the writer */
  submit<C extends Codec>(job: Job<C>): Promise<MessageOf<C>>;
  /** Grows each time that this process becomes the writer; 0: another one is. */
  readonly term: number;
}

const TRY_MS = 1_000;

export const keeper: Part<Keeper> = {
  name: "keeper",
  publishes: [VersionDetected, UpgradeAdvanced],
  subscribes: [],
  async start(kit) {
    const lease = createLease(kit.store, `${kit.service}/keeper`, kit.instance, kit.clock);
    const stopping = new AbortController();
    let terms = 0;
    let writer: Writer | undefined;
    let refuse: () => void = () => {};

    async function lead(): Promise<void> {
      await kit.outbox.resume();
      terms += 1;
      writer = createWriter(kit, lease, () => refuse());
    }

    async function standBy(): Promise<void> {
      const left = writer;
      writer = undefined;
      await left?.close();
    }

    async function stay(): Promise<void> {
      while (!stopping.signal.aborted) {
        try {
          if (writer === undefined && !(await lease.acquire())) {
            await kit.clock.sleep(TRY_MS, stopping.signal);
            continue;
          }
          if (writer === undefined) await lead();
        } catch (err) {
          kit.log.error({ err }, "versions could not be taken over; it is tried again");
          await kit.clock.sleep(TRY_MS, stopping.signal);
          continue;
        }
        const { promise: lost, resolve } = Promise.withResolvers<void>();
        refuse = resolve;
        const keeping = new AbortController();
        const kept = lease.keep(AbortSignal.any([stopping.signal, keeping.signal]), resolve);
        await Promise.race([lost, kept]);
        keeping.abort();
        if (stopping.signal.aborted) return;
        kit.log.error("another process has taken over; this one stands by");
        await standBy();
      }
    }

    if (await lease.acquire()) await lead();
    const staying = stay();
    kit.health.add({ name: "database", kind: "dependency", ask: () => writer?.problem() });
    return {
      handle: {
        async submit(job) {
          if (writer === undefined)
            throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
              given: "another process keeps the versions",
            });
          return writer.submit(job);
        },
        get term() {
          return writer === undefined ? 0 : terms;
        },
      },
      async stop() {
        stopping.abort();
        await staying;
        await standBy();
        await lease.release().catch((err: unknown) => kit.log.debug({ err }, "the lease runs out by itself"));
      },
    };
  },
};
