import { UpgradeAdvanced, VersionDetected } from "@orrery/schema/engine/v1";
import { type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
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

export const keeper: Part<Keeper> = {
  name: "keeper",
  publishes: [VersionDetected, UpgradeAdvanced],
  subscribes: [],
  async start(kit) {
    let terms = 0;
    let writer: Writer | undefined;

    const lead = await leading(kit, "keeper", async (lease, refused) => {
      await kit.outbox.resume();
      terms += 1;
      const own = (writer = createWriter(kit, lease, refused));
      return async () => {
        writer = undefined;
        await own.close();
      };
    });
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
      stop: () => lead.stop(),
    };
  },
};
