import type { Client } from "@connectrpc/connect";
import type { PersonalService } from "@orrery/schema/bus/v1";
import type { KeySource } from "./key-ring.ts";

/** Keys as event-bus hands them out. */
export const keysFrom =
  (client: () => Client<typeof PersonalService>): KeySource =>
  async ({ worldId, subjects, keyIds }) => {
    const { keys, validMs } = await client().keys({ worldId, subjects: [...subjects], keyIds: [...keyIds] });
    return {
      keys: keys.map(({ key, ...held }) => ({ ...held, key: key.length === 0 ? undefined : key })),
      validMs,
    };
  };
