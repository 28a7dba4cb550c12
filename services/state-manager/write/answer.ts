import { type Caller, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Job } from "./job.ts";
import { actorOf } from "./actor.ts";

const KEY_LENGTH = { least: 8, most: 64 };

/** How a job's answer is kept for repeats; nothing without a key. @throws RPC_IDEMPOTENCY_KEY */
export function answerOf(caller: Caller, key: string, digest: () => string): Pick<Job, "answer"> {
  if (key === "") return {};
  if (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)
    throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
  return { answer: { caller: actorOf(caller), key, digest: digest() } };
}
