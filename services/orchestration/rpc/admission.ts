import { AdmissionService } from "@orrery/schema/orchestration/v1";
import { type Part, type RpcBinding, serve, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { type Allowances, standingOf } from "../admission/allowances.ts";
import { admit } from "../admission/ladder.ts";
import type { Executions } from "../executions.ts";

export const admissionRpc = (executions: Part<Executions>, allowances: Part<Allowances>): RpcBinding =>
  serve(AdmissionService, {
    async quote({ playerId }, call) {
      const player = playerId || (call.caller.role === "player" ? call.caller.id : "");
      if (player === "")
        throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: "player_id is empty" });
      const own = call.part(executions);
      await call.part(allowances).know(player);
      return own.submit(async (sheet) => {
        const { allowed, uses } = await standingOf(sheet, player);
        const { rung, why, moreAtMs, usedHour, usedDay } = admit(
          allowed,
          uses,
          sheet.nowMs,
          own.dispatcher?.lagMs() ?? 0,
        );
        // All of it is made by rules.
        const costMicros = 0;
        return {
          rung,
          why,
          moreAtMs,
          usedHour,
          usedDay,
          costMicros,
          perHour: allowed.perHour,
          perDay: allowed.perDay,
        };
      });
    },
  });
