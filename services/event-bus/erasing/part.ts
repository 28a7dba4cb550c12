import { SubjectErased } from "@orrery/schema/bus/v1";
import { codecs } from "@orrery/schema/registry";
import {
  createKeyRing,
  createPersonal,
  type KeySource,
  type Kit,
  type Part,
  type Personal,
} from "@orrery/service";
import { journal } from "../journal/part.ts";
import { openSecretBox } from "../webhooks/secrets.ts";
import { erase, type EraseAsked, type ErasedInWorld } from "./erase.ts";
import { createSubjectKeys, type SubjectKeys } from "./keys.ts";
import type { ErasingTables } from "./tables.ts";

/** How long a process may go by a key it was given: until then an erasure has taken effect everywhere. */
export const VALID_MS = 60_000;

export interface Erasing extends SubjectKeys {
  /** Opens with the keys at hand, also while nobody answers calls yet. */
  readonly personal: Personal;
  /** @throws BUS_SUBJECT_UNKNOWN, BUS_NOTE_MISSING */
  erase(asked: EraseAsked): Promise<readonly ErasedInWorld[]>;
}

/** The keys of people, and their end. */
export const erasing: Part<Erasing> = {
  name: "erasing",
  publishes: [SubjectErased],
  subscribes: [],
  async start(kit: Kit) {
    const keys = createSubjectKeys(kit, kit.store.as<ErasingTables>(), openSecretBox(kit.folder));
    const own: KeySource = async ({ worldId, subjects, keyIds }) => ({
      keys: [...(await keys.ofSubjects(worldId, subjects)), ...(await keys.ofIds(keyIds))],
      validMs: VALID_MS,
    });
    const personal = createPersonal(createKeyRing(own, kit.clock), codecs);
    return {
      handle: {
        ...keys,
        personal,
        async erase(asked) {
          const told = await erase(kit, kit.part(journal), asked);
          personal.forget();
          kit.personal.forget();
          return told;
        },
      },
      stop: async () => {},
    };
  },
};
