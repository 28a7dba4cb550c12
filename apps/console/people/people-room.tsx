import { useState } from "react";
import { go, usePlace } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Someone } from "../data/people.ts";
import type { Valley } from "../data/valley.ts";
import { PersonView } from "./person-view.tsx";

/** Rows that a list shows at once; whoever seeks somebody types. */
const SHOWN = 200;

const fits = ({ id, name, role, regionId, activity }: Someone, text: string) =>
  `${id} ${name} ${role} ${regionId} ${activity}`.toLowerCase().includes(text.toLowerCase());

/** Who lives here, where each is, and what moves one of them. */
export function PeopleRoom({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const [text, setText] = useState("");
  useObservable(valley.peopleRevision);
  const everybody = [...valley.people.all.values()];
  const found = everybody.filter((someone) => fits(someone, text)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const chosen = place.person === undefined ? undefined : valley.people.all.get(place.person);
  const onTheWay = everybody.filter(({ placeId }) => placeId === "").length;

  return (
    <section className="room">
      <header>
        <div>
          <h1>People</h1>
          <p>
            {everybody.length === 0
              ? "Nobody lives here."
              : `${everybody.length} people, ${onTheWay} of them on the way.`}
          </p>
        </div>
        <input
          type="search"
          className="find"
          aria-label="Find somebody"
          placeholder="Name, role, region, activity"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </header>
      <div className="people">
        <div className="scroll" tabIndex={0} aria-label="Everybody">
          <table>
            <thead>
              <tr>
                <th>Name</th>
                <th>Role</th>
                <th>Where</th>
                <th>At</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, SHOWN).map(({ id, name, role, placeId, activity }) => (
                <tr key={id} aria-selected={id === place.person}>
                  <td>
                    <button type="button" className="link" onClick={() => go({ person: id }, true)}>
                      {name}
                    </button>
                  </td>
                  <td>{role}</td>
                  <td>{placeId === "" ? "on the way" : valley.nameOf(placeId)}</td>
                  <td>{activity}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length === 0 && everybody.length > 0 && <p className="empty">Nobody fits.</p>}
          {found.length > SHOWN && (
            <p className="empty">{found.length - SHOWN} more: type to find somebody.</p>
          )}
        </div>
        {chosen !== undefined && <PersonView key={chosen.id} valley={valley} someone={chosen} />}
        {chosen === undefined && place.person !== undefined && everybody.length > 0 && (
          <p className="empty">Nobody is called {place.person} here.</p>
        )}
      </div>
    </section>
  );
}
