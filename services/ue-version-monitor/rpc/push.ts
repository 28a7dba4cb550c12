import { PushRequest } from "@orrery/schema/engine/v1";
import type { Call } from "@orrery/service";
import type { MessageOf } from "@orrery/wire";
import { push } from "../hooks/push.ts";
import { answerKey } from "../keep/answers.ts";
import { entryOf } from "../sightings/entry.ts";
import { subjectFile } from "./view.ts";

/** By which a version is known that some service told of, where nothing is pushed from outside. */
const UNNAMED = "push";

export async function pushed(request: MessageOf<typeof PushRequest>, call: Call) {
  const file = subjectFile(call.kit, request.subjectId);
  const source = file.sources.find(({ kind }) => kind === "push")?.id ?? UNNAMED;
  const { tag, notes, notesUrl, releasedMs, security, commit } = request;
  const entry = entryOf({ tag, notes, notesUrl, releasedMs, security, commit });
  return push(call.kit, file.id, source, entry, answerKey(call.caller, PushRequest, request));
}
