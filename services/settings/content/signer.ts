import type { Part } from "@orrery/service";
import type { SettingsTables } from "../tables.ts";
import { keeper } from "../write/keeper.ts";
import { currentKeys, type PolicyKeys } from "./keys.ts";

/** The keys that policies are signed with, made anew when it is time. */
export interface Signer {
  keys(): Promise<PolicyKeys>;
}

const LOOK_EVERY_MS = 3_600_000;

export const signer: Part<Signer> = {
  name: "signer",
  publishes: [],
  subscribes: [],
  async start(kit) {
    let known: { readonly keys: Promise<PolicyKeys>; readonly atMs: number } | undefined;
    return {
      handle: {
        async keys() {
          // Only who writes makes keys: two that were made at once would both sign.
          void kit.part(keeper).ground;
          const nowMs = kit.hostMs();
          if (known === undefined || Math.abs(nowMs - known.atMs) > LOOK_EVERY_MS) {
            const keys = currentKeys(kit.store.as<SettingsTables>(), nowMs);
            known = { keys, atMs: nowMs };
            keys.catch(() => (known = undefined));
          }
          return known.keys;
        },
      },
      async stop() {},
    };
  },
};
