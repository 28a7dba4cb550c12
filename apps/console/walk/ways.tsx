import { WorldService } from "@orrery/schema/world/v1";
import type { Act } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { waysFrom } from "./self.ts";

const M_PER_KM = 1_000;

/** Where one may go from here. */
export function Ways(props: {
  readonly valley: Valley;
  readonly placeId: string;
  /** Outlives this: whoever has set out is not here any more. */
  readonly act: Act;
  readonly onGone: () => void;
}) {
  const { valley, placeId, act, onGone } = props;
  const walk = (to: string, name: string) =>
    act.run(async () => {
      const said = await setOut(valley, to, name);
      onGone();
      return said;
    });
  return (
    <section aria-label="Where to">
      <h2>Where to</h2>
      <p className="acts">
        {waysFrom(valley, placeId).map(({ place, km }) => (
          <button
            key={place.id}
            type="button"
            className="chip"
            disabled={act.busy}
            onClick={() => void walk(place.id, place.name)}
          >
            {place.name}, {km < 1 ? `${Math.round(km * M_PER_KM)} m` : `${km.toFixed(1)} km`}
          </button>
        ))}
      </p>
    </section>
  );
}

/** Sets out for a place; for none, comes into the world. @returns what that means, in words */
export async function setOut(valley: Valley, placeId: string, name: string): Promise<string> {
  const asked = { worldId: valley.world.id, idempotencyKey: crypto.randomUUID(), placeId };
  const { metres, arrivesGs } = await valley.world.rpc(WorldService).travel(asked);
  if (metres === 0) return `You are at ${name}.`;
  const minutes = Math.max(1, Math.round((arrivesGs - valley.world.clock.nowGs()) / 60));
  return `You set out for ${name}: ${minutes === 1 ? "a minute" : `${minutes} minutes`} on foot.`;
}
