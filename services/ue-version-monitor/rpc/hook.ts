import { HookService } from "@orrery/schema/router/v1";
import { serve } from "@orrery/service";
import { isError, OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import { readMessage } from "../hooks/message.ts";
import { push } from "../hooks/push.ts";
import { problemOf } from "../hooks/signature.ts";
import { subjects } from "../subjects/part.ts";

/** What the edge hands over of `POST /hooks/ue-version-monitor/<source>`. */
export const hook = serve(HookService, {
  async deliver({ name, headers, body }, call) {
    const source = call.part(subjects).sources.get(name);
    const { ENGINE_HOOK } = engineErrors;
    if (source?.kind !== "push")
      return { status: 404, message: `${ENGINE_HOOK.code}: nothing is pushed as that` };
    const secret = (source.secret_env && process.env[source.secret_env]) || "";
    if (secret === "")
      return {
        status: 403,
        message: `${ENGINE_HOOK.code}: set ${source.secret_env ?? "a secret_env in engines.yaml"}`,
      };
    const named = new Map(headers.map((header) => [header.name, header.value]));
    const problem = problemOf(named, body, secret, call.kit.hostMs());
    if (problem !== undefined) return { status: 403, message: `${ENGINE_HOOK.code}: ${problem}` };
    try {
      const text = new TextDecoder().decode(body);
      const entry = readMessage(name, named.get("x-github-event") ?? "", text);
      if (entry === undefined) return { status: 202, message: "passed over" };
      const { changed } = await push(call.kit, source.subjectId, name, entry);
      return { status: 200, message: changed ? "received" : "known" };
    } catch (error) {
      if (isError(error, engineErrors.ENGINE_STORE_AWAY)) return { status: 503, message: error.code };
      if (isError(error, engineErrors.ENGINE_FEED) || isError(error, engineErrors.ENGINE_TAG_UNPARSED))
        return { status: 400, message: (error as OrreryError).message };
      throw error;
    }
  },
});
