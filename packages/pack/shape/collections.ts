import { z } from "zod";
import { whole } from "./number.ts";

export const SCOPES = ["world", "platform"] as const;
export const READS = ["nobody", "owner", "public"] as const;
export const WRITES = ["nobody", "owner"] as const;

const pointer = z.string().regex(/^(?:\/(?:[^~]|~[01])*)+$/, { error: 'must be a path like "/score"' });

/** `collections.yaml`: what state-manager keeps of players and of the world; a pack may do without. */
export const collectionsShape = z.strictObject({
  collections: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]{1,64}$/, { error: "must be 1 to 64 of a-z, 0-9 and -" }),
        scope: z.enum(SCOPES).default("world"),
        /** `json`, or a message type whose bytes are kept. */
        value: z.string().default("json"),
        /** JSON Schema, draft 2020-12. */
        schema: z.record(z.string(), z.unknown()).optional(),
        max_bytes: whole(1, 262_144).default(65_536),
        /** 0: as many as the owner's quota has room for. */
        max_per_owner: whole(0, 10_000).default(0),
        read: z.enum(READS).default("owner"),
        write: z.enum(WRITES).default("owner"),
        indexes: z.array(pointer).max(4).default([]),
        history: z
          .strictObject({ versions: whole(0, 1_000).default(100), days: whole(0, 3_650).default(30) })
          .default({ versions: 100, days: 30 }),
        synced: z.boolean().default(false),
      }),
    )
    .max(100)
    .default([]),
});

export type CollectionsText = z.infer<typeof collectionsShape>;
