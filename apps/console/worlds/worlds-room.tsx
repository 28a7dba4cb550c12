import { WorldService } from "@orrery/schema/bus/v1";
import { EdgeService } from "@orrery/schema/router/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import { goTerms, readTerms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { DiffView } from "./diff-view.tsx";
import { ForkForm } from "./fork-form.tsx";
import { Keeping } from "./keeping.tsx";
import { Lineage, type Strand } from "./lineage.tsx";

const LOOK_MS = 5_000;

/** The worlds that run, whence they come, where they part, and what the journal keeps of them. */
export function WorldsRoom({ valley }: { readonly valley: Valley }) {
  const terms = readTerms(usePlace().filter);
  const [changes, setChanges] = useState(0);
  const { answer, problem } = useAsk(
    "worlds",
    valley.isAdmin ? () => strands(valley) : () => Promise.resolve(undefined),
    LOOK_MS,
    changes,
  );
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Worlds are" />
      </section>
    );
  const a = terms["a"] ?? valley.world.id;
  const b = terms["b"] ?? "";
  return (
    <section className="room">
      <header>
        <div>
          <h1>Worlds</h1>
          <p>A fork has another world's past, up to the moment where it begins.</p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Worlds">
        {problem !== undefined && <p role="alert">No answer: {problem}</p>}
        {answer !== undefined && (
          <>
            <Lineage
              strands={answer}
              chosen={[a, b]}
              onMoment={(world, atGs) => goTerms(terms, { a: world, at: String(Math.floor(atGs)) })}
              onWorld={(world) =>
                goTerms(terms, world === a ? { a: b, b: "" } : { b: world === b ? "" : world })
              }
            />
            <ForkForm
              key={`${a} ${terms["at"]}`}
              valley={valley}
              parent={a}
              atGs={terms["at"] === undefined ? undefined : Number(terms["at"])}
              onFork={() => setChanges(changes + 1)}
            />
            {b !== "" && b !== a && <DiffView key={`${a} ${b}`} valley={valley} a={a} b={b} />}
          </>
        )}
        <Keeping valley={valley} world={a} />
      </div>
    </section>
  );
}

async function strands(valley: Valley): Promise<Strand[]> {
  const [{ worlds }, { forks }] = await Promise.all([
    valley.world.rpc(EdgeService).listWorlds({}),
    valley.world.rpc(WorldService).listForks({}),
  ]);
  const time = valley.world.rpc(TimeService);
  return Promise.all(
    worlds.map(async ({ worldId, title }) => {
      const { now } = await time.getClock({ worldId });
      const fork = forks.find((one) => one.worldId === worldId);
      return { world: worldId, title, nowGs: now?.atGs ?? 0, parent: fork?.parent, fromGs: fork?.atGs ?? 0 };
    }),
  );
}
