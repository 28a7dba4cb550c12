import type { Client } from "@connectrpc/connect";
import type { SubjectKeyService } from "@orrery/schema/bus/v1";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { KeySource } from "./key-ring.ts";

/** Keys as event-bus hands them out. @throws PERSONAL_KEYS_UNREACHABLE */
export const keysFrom =
  (client: () => Client<typeof SubjectKeyService>): KeySource =>
  async ({ worldId, subjects, keyIds }) => {
    try {
      const asked = { worldId, subjects: [...subjects], keyIds: [...keyIds] };
      const { keys, validMs } = await client().keys(asked);
      return {
        keys: keys.map(({ key, ...held }) => ({ ...held, key: key.length === 0 ? undefined : key })),
        validMs,
      };
    } catch (cause) {
      const given = cause instanceof Error ? cause.message : String(cause);
      throw new OrreryError(serviceErrors.PERSONAL_KEYS_UNREACHABLE, { given, cause });
    }
  };
