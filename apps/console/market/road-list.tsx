import { type GetRoutesResponse, RouteWhy } from "@orrery/schema/world/v1";
import type { Valley } from "../data/valley.ts";
import { capital, dayAndHour, word } from "../data/words.ts";
import { quantity } from "./figures.ts";

/** Roads that are closed, and what is on its way on the others. */
export function RoadList({
  valley,
  roads: { routes, shipments },
}: {
  readonly valley: Valley;
  readonly roads: GetRoutesResponse;
}) {
  const closed = routes.filter(({ open }) => !open);
  const busiest = routes
    .map((route) => ({ route, loads: shipments.filter(({ routeIds }) => routeIds.includes(route.routeId)) }))
    .filter(({ loads }) => loads.length > 0)
    .sort((one, other) => other.loads.length - one.loads.length);
  return (
    <>
      <h2>Roads</h2>
      {closed.length === 0 && <p className="soft">All roads are open.</p>}
      {closed.length > 0 && (
        <ul>
          {closed.map(({ routeId, name, fromId, toId, why, sinceGs }) => (
            <li key={routeId}>
              {capital(name)}, {valley.nameOf(fromId)} to {valley.nameOf(toId)}: closed by{" "}
              {word(RouteWhy, why)} <span className="soft">since {dayAndHour(sinceGs)}</span>
            </li>
          ))}
        </ul>
      )}
      <table>
        <thead>
          <tr>
            <th>Road</th>
            <th>Between</th>
            <th>Loads on their way</th>
          </tr>
        </thead>
        <tbody>
          {busiest.map(({ route, loads }) => (
            <tr key={route.routeId}>
              <td>{capital(route.name)}</td>
              <td>
                {valley.nameOf(route.fromId)}, {valley.nameOf(route.toId)}
              </td>
              <td>
                {loads.length}: {cargo(valley, loads)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function cargo(valley: Valley, loads: GetRoutesResponse["shipments"]): string {
  const sums = Map.groupBy(loads, ({ goodId }) => goodId);
  return [...sums]
    .map(([goodId, some]) => ({ goodId, sum: some.reduce((sum, { quantity: count }) => sum + count, 0) }))
    .sort((one, other) => other.sum - one.sum)
    .slice(0, 4)
    .map(({ goodId, sum }) => `${quantity(sum)} ${valley.nameOf(goodId)}`)
    .join(", ");
}
