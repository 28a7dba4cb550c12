import { FeatureChanged, FeatureChangeKind } from "@orrery/schema/capability/v1";
import { DraftFeature, FeatureChange, ReviewDraftResponse } from "@orrery/schema/engine/v1";
import { durableSubscription, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { keeper } from "../keep/keeper.ts";
import { putDraft } from "./record.ts";

const SAME: ReadonlyMap<FeatureChangeKind, FeatureChange> = new Map([
  [FeatureChangeKind.ADDED, FeatureChange.INTRODUCED],
  [FeatureChangeKind.ENHANCED, FeatureChange.ENHANCED],
  [FeatureChangeKind.DEPRECATED, FeatureChange.DEPRECATED],
  [FeatureChangeKind.REMOVED, FeatureChange.REMOVED],
]);

const hears = { name: "known", subscribes: [FeatureChanged.typeName], durable: { order: "key" } } as const;

/** Marks drafts of what the registry says already. */
export const known: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const { key, engineId, change, version } = event.decode(FeatureChanged);
        const same = SAME.get(change);
        if (same === undefined || version === "") return;
        if (kit.part(keeper).term === 0)
          throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
            given: "another process keeps the versions",
          });
        await kit.part(keeper).submit({
          reply: ReviewDraftResponse,
          async run(turn) {
            const rows = await turn.db
              .selectFrom("draft")
              .select("body")
              .where("subject", "=", engineId)
              .where("version", "=", version)
              .execute();
            for (const { body } of rows) {
              const draft = DraftFeature.decode(body);
              if (draft.featureKey === key && draft.change === same && !draft.known)
                await putDraft(turn, { ...draft, known: true });
            }
            return {};
          },
        });
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};
