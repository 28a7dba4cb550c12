import { useEffect, useMemo, useRef, useState } from "react";
import { go } from "../data/link.ts";
import { roomsFor } from "../data/rooms.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";

interface Entry {
  readonly name: string;
  readonly kind: string;
  open(): void;
}

const MOST = 40;

/** Finds anything by its name or id. */
export function Palette({ valley, onClose }: { readonly valley: Valley; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  useEffect(() => dialog.current?.showModal(), []);

  const entries = useMemo<Entry[]>(() => {
    const land = valley.pack.get()?.land;
    return [
      ...(land?.regions ?? []).map(({ id, name }) => ({
        name,
        kind: id,
        open: () => go({ room: "world", region: id }),
      })),
      ...(land?.places ?? []).map(({ id, name, regionId }) => ({
        name,
        kind: id,
        open: () => go({ room: "world", region: regionId }),
      })),
      ...roomsFor(valley).map((room) => ({
        name: capital(room),
        kind: "room",
        open: () => go({ room, filter: "" }),
      })),
    ];
  }, [valley]);
  const found = entries
    .filter(({ name, kind }) => `${name} ${kind}`.toLowerCase().includes(text.toLowerCase()))
    .slice(0, MOST);
  const choose = (entry: Entry | undefined) => {
    entry?.open();
    dialog.current?.close();
  };

  return (
    <dialog ref={dialog} className="palette" onClose={onClose} aria-label="Find">
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="found"
        aria-label="Find a region, place or room"
        placeholder="Find a region, place or room"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
          if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
          if (event.key === "Enter") choose(found[at]);
        }}
      />
      <ul id="found" role="listbox" aria-label="Found">
        {found.map((entry, index) => (
          <li
            key={`${entry.kind} ${entry.name}`}
            role="option"
            aria-selected={index === at}
            onClick={() => choose(entry)}
          >
            <span>{entry.name}</span>
            <span className="mono faint">{entry.kind}</span>
          </li>
        ))}
        {found.length === 0 && (
          <li role="option" aria-selected="false">
            Nothing is called that here.
          </li>
        )}
      </ul>
    </dialog>
  );
}
