import { EraseSubjectResponseSchema, PersonalService } from "@orrery/schema/bus/v1";
import { KeptSignalSchema, PrivacyEraseSchema, PrivacyErasedSchema } from "@orrery/schema/orchestration/v1";
import { BillingService } from "@orrery/schema/payment/v1";
import { SettingsService } from "@orrery/schema/settings/v1";
import { EraseResponseSchema, StateService } from "@orrery/schema/state/v1";
import { FOR_EVER, workflow } from "../engine/mod.ts";

const WEEK_MS = 7 * 86_400_000;
/** An erasure that is asked for again finds nothing left to erase: it may be repeated for ever. */
const again = { keyWindowMs: FOR_EVER, timeoutMs: 10_000 };

/**
 * Everything about a player is forgotten, once an operator has said yes. What was erased cannot be put back, so from the first
 * erasure on it only goes forward. The person's keys are last: with them goes what events say of them, and everybody who keeps
 * anything else about players (the world's books, its people's memories, the doors, the instances) hears of it and forgets.
 */
export const privacyErase = workflow(PrivacyEraseSchema, ({ rpc, approve }) => ({
  module: import.meta.url,
  id: "privacy-erase",
  version: 1,
  summary: "Everything about a player is forgotten, after an operator's yes.",
  output: PrivacyErasedSchema,
  starts: ["service"],
  deadlineMs: 2 * WEEK_MS,
  refuses: ({ playerId, note }) => {
    if (!playerId.startsWith("player:")) return "player_id is to be like player:ada";
    return note.trim() === "" ? "note is empty: say why, for the record" : undefined;
  },
  steps: {
    approval: approve({ by: "admin", timeoutMs: WEEK_MS }),
    settings: rpc(SettingsService.method.erase, {
      ...again,
      needs: ["approval"],
      pivot: true,
      request: ({ input: { playerId } }) => ({ playerId }),
    }),
    payment: rpc(BillingService.method.redactPlayer, {
      ...again,
      needs: ["settings"],
      request: ({ input: { playerId } }) => ({ playerId }),
    }),
    state: rpc(StateService.method.erase, {
      ...again,
      needs: ["settings"],
      request: ({ input: { playerId } }) => ({ playerId }),
    }),
    keys: rpc(PersonalService.method.eraseSubject, {
      ...again,
      needs: ["payment", "state"],
      request: (see) => {
        const { by } = see.need(KeptSignalSchema, "approval");
        return { subject: see.input.playerId, note: `${see.input.note} (approved by ${by})` };
      },
    }),
  },
  answer: (see) => ({
    objects: see.need(EraseResponseSchema, "state").objects,
    events: see.result(EraseSubjectResponseSchema, "keys")?.events ?? 0,
  }),
}));
