import { StateService } from "@orrery/schema/state/v1";
import { usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { useAsk } from "../data/ask.ts";
import { ConflictTable } from "./conflict-table.tsx";
import { ObjectTable } from "./object-table.tsx";
import { ObjectView } from "./object-view.tsx";
import { OwnerView } from "./owner-view.tsx";
import { CONFLICTS, readSelection, select } from "./selection.ts";

/** What the game keeps: objects by collection and owner, each through its versions. */
export function StateRoom({ valley }: { readonly valley: Valley }) {
  const selection = readSelection(usePlace().filter);
  const { collection, owner, key } = selection;
  return (
    <section className="room">
      <header>
        <div>
          <h1>State</h1>
          <p>What outlives sessions: profiles, progress, items, slots.</p>
        </div>
        {valley.isAdmin && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const asked = new FormData(event.currentTarget).get("owner");
              select({ collection, owner: String(asked ?? "").trim(), key: "" });
            }}
          >
            <input
              className="find"
              name="owner"
              key={owner}
              defaultValue={owner}
              placeholder="player:…"
              aria-label="Owner"
            />
          </form>
        )}
      </header>
      {valley.isAdmin && <Collections valley={valley} chosen={collection} owner={owner} />}
      <div className="scroll" tabIndex={0} aria-label="State">
        {!valley.isAdmin && <p className="empty">These are your own; admins see all.</p>}
        {collection === CONFLICTS ? (
          <ConflictTable valley={valley} />
        ) : (
          <>
            {key !== "" && (
              <ObjectView key={`${collection} ${owner} ${key}`} valley={valley} selection={selection} />
            )}
            {valley.isAdmin && owner !== "" && <OwnerView valley={valley} owner={owner} />}
            <ObjectTable valley={valley} selection={selection} />
          </>
        )}
      </div>
    </section>
  );
}

function Collections({
  valley,
  chosen,
  owner,
}: {
  readonly valley: Valley;
  readonly chosen: string;
  readonly owner: string;
}) {
  const { answer } = useAsk("collections", () =>
    valley.world.rpc(StateService).getCollections({ worldId: valley.world.id }),
  );
  return (
    <div role="group" aria-label="Collections">
      {[...(answer?.collections.map(({ name }) => name) ?? []), CONFLICTS].map((name) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={name === chosen}
          onClick={() => select({ collection: name, owner: name === CONFLICTS ? "" : owner, key: "" })}
        >
          {name === CONFLICTS ? "conflicts" : name}
        </button>
      ))}
    </div>
  );
}
