import { randomUUID } from "node:crypto";
import { BeginPlatform, Progress } from "@orrery/schema/simulation/v1";
import { encodeBytes, PLATFORM } from "@orrery/wire";
import { incarnationOf } from "../begin.ts";
import type { Keeping } from "../keeping.ts";
import { newProgress, openShard } from "../shard.ts";
import { emptyState } from "../state/state.ts";
import { newlyWritten, type Written } from "../written.ts";

/**
 * The platform's shard at its beginning: nobody says that the platform exists, it is there from a service's first start on.
 * Its seed is nobody's choice either; it stands in the shard's progress, where replays find it.
 */
export function beginPlatform({ kit, part, aggregate, handlers }: Keeping): Written {
  const facts = { service: kit.service, world: PLATFORM, part, fingerprint: kit.fingerprint };
  const incarnation = incarnationOf(kit);
  const progress = newProgress(facts, randomUUID(), incarnation);
  const began = encodeBytes(Progress, progress);
  const shard = openShard(aggregate, handlers, facts, progress, { state: emptyState(aggregate.state) });
  shard.takeCommand({
    method: BeginPlatform.typeName,
    request: encodeBytes(BeginPlatform, {}),
    caller: kit.service,
    idempotencyKey: "",
    stampedMs: kit.hostMs(),
    traceparent: "",
  });
  return newlyWritten(facts, shard, began, incarnation);
}
