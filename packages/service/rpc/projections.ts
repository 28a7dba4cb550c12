import { ProjectionService } from "@orrery/schema/simulation/v1";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import type { Part } from "../kit.ts";
import { type RpcBinding, serve } from "./serve.ts";

/** Builds a service's read models again when an operator asks for it. */
export function serveProjections(parts: readonly Part[]): RpcBinding {
  return serve(ProjectionService, {
    async *rebuildProjection(request, { kit, signal }) {
      const { worldId, projection, fromRetained } = request;
      const part = parts.find(({ name }) => name === projection);
      if (part?.rebuild === undefined)
        throw new OrreryError(serviceErrors.PROJECTION_UNKNOWN, {
          given: `${kit.service} has ${parts.map(({ name }) => name).join(", ")}, not ${projection}`,
        });
      yield* part.rebuild(kit, { worldId, fromRetained }, signal);
    },
  });
}
