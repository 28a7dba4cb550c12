import { usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { SessionList } from "./session-list.tsx";
import { SessionView } from "./session-view.tsx";

/** How each client plays, what its frames are bound by, and what the controller does about it and why. */
export function FramesRoom({ valley }: { readonly valley: Valley }) {
  const { filter: session } = usePlace();
  return (
    <section className="room">
      <header>
        <div>
          <h1>Performance</h1>
          <p>What each client shows, what its frames may take, and what the controller does about it.</p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Performance">
        {valley.isAdmin && <SessionList valley={valley} selected={session} />}
        {(session !== "" || !valley.isAdmin) && <SessionView valley={valley} sessionId={session} />}
      </div>
    </section>
  );
}
