import { StateService } from "@orrery/schema/state/v1";
import { useState } from "react";
import type { Valley } from "../data/valley.ts";
import { useAsk } from "../data/ask.ts";
import { EraseForm } from "./erase-form.tsx";

const MB = 1_000_000;

/** What one owner has: quota, items, and slots with what has changed since each. */
export function OwnerView({ valley, owner }: { readonly valley: Valley; readonly owner: string }) {
  const state = valley.world.rpc(StateService);
  const worldId = valley.world.id;
  const player = owner.startsWith("player:");
  const [erasures, setErasures] = useState(0);
  const { answer, problem } = useAsk(`${owner} ${erasures}`, async () => {
    const quota = await state.getQuota({ worldId, owner });
    const items = await state.listInventory({ worldId, owner, full: true });
    const { slots } = player ? await state.listSlots({ worldId, playerId: owner }) : { slots: [] };
    const moved = await Promise.all(
      slots.map(({ name }) => state.compareSlots({ worldId, playerId: owner, left: name })),
    );
    return {
      quota,
      items,
      slots: slots.map((slot, i) => ({ slot, moved: moved[i]?.differences.length ?? 0 })),
    };
  });
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="empty">Asking…</p>;
  const { quota, items, slots } = answer;
  return (
    <article className="service">
      <h2 className="mono">{owner}</h2>
      <p>
        {quota.objects.toLocaleString("en")} of {quota.objectsLimit.toLocaleString("en")} objects,{" "}
        {(quota.bytes / MB).toFixed(2)} of {(quota.bytesLimit / MB).toLocaleString("en")} MB
        {player && `, ${quota.characters} of ${quota.charactersLimit} characters`}
      </p>
      <h3>Items</h3>
      {items.stacks.length === 0 && <p className="empty">None.</p>}
      <ul>
        {items.stacks.map(({ itemId, count, quality }, i) => (
          <li key={`${itemId} ${i}`}>
            {count.toLocaleString("en")} {itemId}, quality {quality.toFixed(2)}
          </li>
        ))}
        {items.pending.map(({ grantKey }) => (
          <li key={grantKey}>{grantKey} waits for room</li>
        ))}
      </ul>
      {player && <h3>Slots</h3>}
      <ul>
        {slots.map(({ slot, moved }) => (
          <li key={slot.name}>
            {slot.label || slot.name}, revision {slot.revision}, {slot.objects} objects;{" "}
            {moved === 0 ? "nothing has changed since" : `${moved} objects have changed since`}
          </li>
        ))}
      </ul>
      {player && (
        <EraseForm valley={valley} player={owner} onErased={() => setErasures((count) => count + 1)} />
      )}
    </article>
  );
}
