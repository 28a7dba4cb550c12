import type { WriteRequest } from "@orrery/schema/state/v1";
import type { Call } from "@orrery/service";
import { collections } from "../collections/part.ts";
import { conflicts } from "../conflicts.ts";
import { objects } from "../objects.ts";
import { writeJob } from "../write/write-job.ts";

export function write(request: WriteRequest, call: Call) {
  const counted = call.part(conflicts);
  const job = writeJob(call.part(collections), request, call.caller, (ref) => counted.add(ref));
  return call.part(objects).submit(job, call.signal);
}
