import { useState } from "react";
import { useAct } from "../data/act.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";
import { Bag } from "./bag.tsx";
import { EsteemOfSelf } from "./esteem.tsx";
import { useHeard } from "./heard.ts";
import { PeopleHere } from "./people-here.tsx";
import { Rumours } from "./rumours.tsx";
import { useSelf } from "./self.ts";
import { ThingsHere } from "./things-here.tsx";
import { setOut, Ways } from "./ways.tsx";

/** The reader walks through the world: where they are, who is there, what is said, and what is said of them. */
export function WalkRoom({ valley }: { readonly valley: Valley }) {
  useObservable(valley.revision);
  const [changes, setChanges] = useState(0);
  const changed = () => setChanges((count) => count + 1);
  const act = useAct();
  const { self, isKnown, problem } = useSelf(valley, changes);
  const heard = useHeard(valley, self?.placeId ?? "");
  const enter = async () => {
    const said = await setOut(valley, "", "the gate");
    changed();
    return said;
  };
  return (
    <section className="room walk">
      <header>
        <div>
          <h1>Walk</h1>
          <p>{self === undefined ? "You only look on." : whereabouts(valley, self)}</p>
        </div>
      </header>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {isKnown && self === undefined && (
        <>
          <p className="soft">
            Whoever comes in is somebody here: people see them, remember what they do, and tell others of it.
          </p>
          <p>
            <button type="button" className="chip" disabled={act.busy} onClick={() => void act.run(enter)}>
              Come in
            </button>
          </p>
        </>
      )}
      <Outcome act={act} />
      {self !== undefined && (
        <div className="columns scroll" tabIndex={0} aria-label="Where you are">
          {self.placeId !== "" && <PeopleHere valley={valley} placeId={self.placeId} />}
          {self.placeId !== "" && <Ways valley={valley} placeId={self.placeId} act={act} onGone={changed} />}
          {self.placeId !== "" && <ThingsHere valley={valley} placeId={self.placeId} />}
          <Bag valley={valley} placeId={self.placeId} />
          <section aria-label="What is said here">
            <h2>What is said here</h2>
            {heard.length === 0 && <p className="soft">It is quiet.</p>}
            <ul className="here">
              {heard.map(({ key, who, text, toSelf }) => (
                <li key={key}>
                  {who}
                  {toSelf ? ", to you" : ""}: “{text}”
                </li>
              ))}
            </ul>
          </section>
          <Rumours valley={valley} />
          <EsteemOfSelf valley={valley} />
        </div>
      )}
    </section>
  );
}

function whereabouts(valley: Valley, { placeId, regionId }: { placeId: string; regionId: string }): string {
  const region = valley.nameOf(regionId);
  return placeId === ""
    ? `You are on the road, in ${region}.`
    : `You are at ${valley.nameOf(placeId)}, in ${region}.`;
}
