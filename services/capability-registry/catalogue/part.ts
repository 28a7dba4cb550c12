import { Engine, Feature, FeatureChanged } from "@orrery/schema/capability/v1";
import { type Kit, type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import { readHead } from "../store/head.ts";
import type { CapabilityTables } from "../store/tables.ts";
import { shippedChanges } from "./ship.ts";
import { readShipped } from "./shipped.ts";
import { type CatalogueState, createState } from "./state.ts";
import { type CatalogueWriter, createCatalogueWriter } from "./writer.ts";

export interface Catalogue {
  /** @throws SERVICE_NOT_READY where another process is the writer */
  readonly state: CatalogueState;
  readonly writer: CatalogueWriter;
  /** 0 where another process is the writer. */
  readonly revision: number;
}

/** What engines can show, kept by one process at a time. */
export const catalogue: Part<Catalogue> = {
  name: "catalogue",
  publishes: [FeatureChanged],
  subscribes: [],
  async start(kit: Kit) {
    const shipped = readShipped();
    let held: { readonly state: CatalogueState; readonly writer: CatalogueWriter } | undefined;
    const lead = await leading(kit, "catalogue", async (lease, refused) => {
      await kit.outbox.resume((publisher) => publisher.startsWith(`${kit.service}/catalogue/`));
      const head = await readHead(kit, "catalogue");
      const kept = await readKept(kit);
      const { features, engines } = kept;
      const state = createState(features.values(), engines.values(), shipped.keywords, head.revision);
      const writer = createCatalogueWriter(kit, lease, head, state, refused);
      const changes = shippedChanges(kept, shipped);
      if (changes.told.length > 0) await writer.ship(changes);
      held = { state, writer };
      return async () => {
        held = undefined;
        await writer.close();
      };
    });
    kit.health.add({ name: "catalogue", kind: "notice", ask: () => held?.writer.problem() });
    const must = () => {
      if (held === undefined)
        throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
          given: "another process keeps the catalogue",
        });
      return held;
    };
    return {
      handle: {
        get state() {
          return must().state;
        },
        get writer() {
          return must().writer;
        },
        get revision() {
          return held?.state.revision ?? 0;
        },
      },
      stop: () => lead.stop(),
    };
  },
};

async function readKept(kit: Kit) {
  const db = kit.store.as<CapabilityTables>();
  const features = await db.selectFrom("feature").select(["key", "body"]).execute();
  const engines = await db.selectFrom("engine").select(["id", "body"]).execute();
  return {
    features: new Map(features.map(({ key, body }) => [key, Feature.decode(body)])),
    engines: new Map(engines.map(({ id, body }) => [id, Engine.decode(body)])),
  };
}
