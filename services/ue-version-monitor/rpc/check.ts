import {
  CheckNowRequest,
  CheckNowResponse,
  type CheckedSourceInit,
  CheckResult,
} from "@orrery/schema/engine/v1";
import { type Call, type KitTables } from "@orrery/service";
import type { MessageOf } from "@orrery/wire";
import type { Config } from "../config.ts";
import { engineErrors } from "../errors.ts";
import { answerKey, knownAnswer } from "../keep/answers.ts";
import { keeper } from "../keep/keeper.ts";
import { scheduler } from "../polling/scheduler.ts";
import { described, readSource } from "../polling/store.ts";
import { subjects } from "../subjects/part.ts";
import type { WatchedSource } from "../subjects/read.ts";
import type { EngineTables } from "../tables.ts";
import { subjectFile } from "./view.ts";

const AGAIN_MS = 60_000;
/** Who asks waits no longer; the readings go on. */
const WAIT_MS = 8_000;

export async function checkNow(request: MessageOf<typeof CheckNowRequest>, call: Call) {
  const { kit } = call;
  const answer = answerKey(call.caller, CheckNowRequest, request);
  const known = await knownAnswer(kit.store.as<KitTables>(), answer, CheckNowResponse, kit.hostMs());
  if (known !== undefined) return known;
  if (request.subjectId !== "") subjectFile(kit, request.subjectId);
  const all = [...kit.part(subjects).sources.values()].filter(
    ({ subjectId }) => request.subjectId === "" || subjectId === request.subjectId,
  );
  const ended = new AbortController();
  const waited = kit.clock.sleep(WAIT_MS, AbortSignal.any([ended.signal, call.signal]));
  const checked = await Promise.all(
    all.map((source) =>
      Promise.race([check(call, source), waited.then(() => skipped(source, "it is still being read"))]),
    ),
  );
  ended.abort();
  return kit
    .part(keeper)
    .submit({ answer, reply: CheckNowResponse, run: async () => ({ sources: checked }) });
}

const skipped = ({ id, subjectId }: WatchedSource, reason: string): CheckedSourceInit => ({
  sourceId: id,
  subjectId,
  result: CheckResult.SKIPPED,
  reason,
});

async function check({ kit }: Call, source: WatchedSource): Promise<CheckedSourceInit> {
  if (source.kind === "push") return skipped(source, "it is pushed, and not read");
  const row = await readSource(kit.store.as<EngineTables>(), source.id);
  const { status, reason, lastTryMs } = described(source, row, (kit.config as Config).live);
  const plan = kit.part(scheduler);
  const until = plan.limitedUntil(source.id);
  if (until !== undefined)
    return skipped(
      source,
      `${engineErrors.ENGINE_SOURCE_LIMITED.code}: until ${new Date(until).toISOString()}`,
    );
  const sinceMs = plan.sinceTry(source.id) ?? kit.hostMs() - lastTryMs;
  if (sinceMs >= 0 && sinceMs < AGAIN_MS) {
    const again = new Date(kit.hostMs() + AGAIN_MS - sinceMs).toISOString();
    return skipped(source, `${engineErrors.ENGINE_CHECK_TOO_SOON.code}: until ${again}`);
  }
  try {
    const found = await plan.now(source.id);
    return found ?? skipped(source, reason || `it is not read now (${status})`);
  } catch (error) {
    const { id, subjectId } = source;
    return { sourceId: id, subjectId, result: CheckResult.FAILED, reason: (error as Error).message };
  }
}
