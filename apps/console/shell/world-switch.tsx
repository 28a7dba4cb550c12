import { WorldService } from "@orrery/schema/bus/v1";
import { EdgeService } from "@orrery/schema/router/v1";
import { type FocusEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useAct } from "../data/act.ts";
import { forkWords } from "../data/forked.ts";
import { hrefIn } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "./outcome.tsx";

interface Choice {
  readonly worldId: string;
  readonly title: string;
  readonly about: string;
}

/** Which world this is, of what it is a fork, and the way to the others. */
export function WorldSwitch({ valley }: { readonly valley: Valley }) {
  const own = valley.world.id;
  const forkedFrom = useObservable(valley.forkedFrom);
  const [worlds, setWorlds] = useState<readonly Choice[]>([]);
  const [open, setOpen] = useState(false);
  const act = useAct();
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const items = () => [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitemradio]") ?? [])];

  useEffect(() => {
    document.title = `${own} · Orrery`;
  }, [own]);
  useEffect(() => {
    // A list that comes while the reader goes through the one that was there leaves them where they are.
    if (!open || menu.current?.contains(document.activeElement)) return;
    (items().find((item) => item.ariaChecked === "true") ?? items()[0])?.focus();
  }, [open, worlds]);

  function show(): void {
    setOpen(!open);
    if (open) return;
    void act.run(async () => {
      setWorlds(await worldsOf(valley));
      return "";
    });
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    }
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || all.length === 0) return;
    event.preventDefault();
    all[next % all.length]?.focus();
  }

  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) setOpen(false);
  };

  return (
    <div className="which" onBlur={onBlur} onKeyDown={onKey}>
      <button
        ref={button}
        type="button"
        className="chip"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={`World: ${own}`}
        onClick={show}
      >
        {own} <span aria-hidden="true">▾</span>
      </button>
      {forkedFrom !== undefined && <span className="forked">{forkWords(forkedFrom)}</span>}
      {open && (
        <div ref={menu} className="menu" role="menu" aria-label="Worlds">
          {worlds.map(({ worldId, title, about }) => (
            <a
              key={worldId}
              role="menuitemradio"
              aria-checked={worldId === own}
              tabIndex={-1}
              href={hrefIn(worldId)}
            >
              <b>{worldId}</b>
              <span className="soft">{about === "" ? title : about}</span>
            </a>
          ))}
          {act.said !== "" && <Outcome act={act} />}
        </div>
      )}
    </div>
  );
}

/** Those that one may enter; only admins are told what is a fork of what. */
async function worldsOf(valley: Valley): Promise<readonly Choice[]> {
  const [{ worlds }, { forks }] = await Promise.all([
    valley.world.rpc(EdgeService).listWorlds({}),
    valley.isAdmin ? valley.world.rpc(WorldService).listForks({}) : { forks: [] },
  ]);
  return worlds.map(({ worldId, title }) => {
    const fork = forks.find((one) => one.worldId === worldId);
    const about = fork === undefined ? "" : forkWords({ worldId: fork.parent, atGs: fork.atGs });
    return { worldId, title, about };
  });
}
