import { useEffect, useRef } from "react";
import { ROOMS } from "../data/rooms.ts";
import { capital } from "../data/words.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["1 – 9", ROOMS.slice(0, 9).map(capital).join(", ")],
  ["Space", "Pause the clock, or let it run (admins)"],
  ["Ctrl K", "Find a region, place, room or service"],
  ["Tab, arrows, Enter", "Reach the map, go over its regions, choose one"],
  ["Wheel, drag, two fingers", "Move over the map"],
  ["Esc", "Put the selection away; return to now"],
  ["?", "This sheet"],
];

export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="sheet" onClose={onClose} aria-label="Keys">
      <h2>Keys</h2>
      <table>
        <tbody>
          {KEYS.map(([keys, does]) => (
            <tr key={keys}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit" className="chip">
          Close
        </button>
      </form>
    </dialog>
  );
}
