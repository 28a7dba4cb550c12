import { WorldService } from "@orrery/schema/bus/v1";
import type { FormEvent } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";
import { dayAndHour } from "../data/words.ts";

/** A new world with the past of another: from now, or from the moment that was chosen on the timeline. */
export function ForkForm({
  valley,
  parent,
  atGs,
  onFork,
}: {
  readonly valley: Valley;
  readonly parent: string;
  /** Undefined: now. */
  readonly atGs: number | undefined;
  onFork(): void;
}) {
  const act = useAct();
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const newWorldId = String(form.get("id") ?? "");
    const drop = String(form.get("drop") ?? "")
      .split(/\s+/)
      .filter((text) => text !== "")
      .map(dropped);
    await act.run(async () => {
      const made = await valley.world.rpc(WorldService).fork({
        worldId: parent,
        newWorldId,
        place: atGs === undefined ? { case: undefined } : { case: "atGs", value: atGs },
        drop,
        idempotencyKey: crypto.randomUUID(),
      });
      onFork();
      return `${made.worldId} begins at ${dayAndHour(made.atGs)}, held by "fork".`;
    });
  }
  return (
    <form className="acts" aria-label="Fork" onSubmit={(event) => void submit(event)}>
      <span className="soft">
        Fork {parent} from {atGs === undefined ? "now" : dayAndHour(atGs)}
      </span>
      <input
        className="find short"
        name="id"
        required
        pattern="[a-z0-9\-]{1,64}"
        placeholder="new-world"
        aria-label="Id of the fork"
      />
      <input
        className="find"
        name="drop"
        placeholder="leave out: type@key+second …"
        aria-label="Events to leave out"
      />
      <button type="submit" className="chip" disabled={act.busy}>
        Fork
      </button>
      <Outcome act={act} />
    </form>
  );
}

/** `<type>`, `<type>@<key>`, `<type>@<key>+<game second>`, as `orrery world fork --drop` has it. */
function dropped(text: string): { type: string; key: string; fromGs?: number } {
  const found = /^([^@+]+)(?:@([^+]*))?(?:\+(\d+))?$/.exec(text);
  if (found === null) throw new Error(`"${text}" is not <type>@<key>+<game second>`);
  const [, type = "", key = "", fromGs] = found;
  return { type, key, ...(fromGs !== undefined && { fromGs: Number(fromGs) }) };
}
