import { RouteService } from "@orrery/schema/router/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { InstanceTable } from "./instance-table.tsx";
import { TargetTable } from "./target-table.tsx";

/** Where calls go: the copies of each service as this door finds them, and those that say they are there. */
export function RoutesRoom({ valley }: { readonly valley: Valley }) {
  const [changes, setChanges] = useState(0);
  const { answer, problem } = useAsk(
    "targets",
    async () => (valley.isAdmin ? valley.world.rpc(RouteService).listTargets({}) : undefined),
    1_000,
    changes,
  );
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Routes are" />
      </section>
    );
  return (
    <section className="room">
      <header>
        <div>
          <h1>Routes</h1>
          <p>
            {problem === undefined
              ? "Where calls go, as the door that this page came by finds it; another door may find otherwise."
              : `No answer: ${problem}`}
          </p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Routes">
        {answer?.targets.length === 0 && (
          <p className="empty">
            All services that this door calls run in its own process: there is nothing to choose between.
          </p>
        )}
        {answer !== undefined && answer.targets.length > 0 && (
          <TargetTable
            valley={valley}
            targets={answer.targets}
            onChange={() => setChanges((count) => count + 1)}
          />
        )}
        <InstanceTable valley={valley} />
      </div>
    </section>
  );
}
