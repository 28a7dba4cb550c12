import type { WriteRequest } from "@orrery/schema/state/v1";
import { type Call, errorCodeOf } from "@orrery/service";
import { collections } from "../collections/part.ts";
import { conflicts } from "../conflicts.ts";
import { objects } from "../objects.ts";
import { writeJob } from "../write/write-job.ts";

export async function write(request: WriteRequest, call: Call) {
  const counted = call.part(conflicts);
  const job = writeJob(call.part(collections), request, call.caller, (ref) => counted.add(ref));
  try {
    const reply = await call.part(objects).submit(job, call.signal);
    counted.operations(request.operations, (reply.losers?.length ?? 0) > 0 ? "conflict" : "ok");
    return reply;
  } catch (error) {
    counted.operations(request.operations, errorCodeOf(error) ?? "failed");
    throw error;
  }
}
