import { EncounterService } from "@orrery/schema/orchestration/v1";
import { serve } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { direct } from "../encounter/direct.ts";
import { plan } from "../encounter/plan.ts";
import { orchestrationErrors } from "../errors.ts";

const missing = (given: string) => new OrreryError(orchestrationErrors.ORCH_INPUT_INVALID, { given });

export const encounterRpc = serve(EncounterService, {
  plan: (request) => ({ state: plan(request) }),
  direct({ state, facts }) {
    if (state === undefined || facts === undefined) throw missing("state and facts are needed");
    const directives = direct(state, facts);
    return { state, directives };
  },
});
