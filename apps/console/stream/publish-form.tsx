import { create, type JsonValue, toJson } from "@bufbuild/protobuf";
import { JournalService } from "@orrery/schema/bus/v1";
import { events } from "@orrery/schema/events";
import type { Codec } from "@orrery/wire";
import { type FormEvent, useState } from "react";
import { useAct } from "../data/act.ts";
import { go } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";

/** Says an event by hand, checked against its schema by the journal; it goes where any other goes. */
export function PublishForm({ valley, onClose }: { readonly valley: Valley; onClose(): void }) {
  const act = useAct();
  const [type, setType] = useState("");
  const codec = events.get(type);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const json = String(new FormData(event.currentTarget).get("json") ?? "");
    await act.run(async () => {
      const { id } = await valley.world.rpc(JournalService).publish({ worldId: valley.world.id, type, json });
      go({ event: `${id?.publisher}/${id?.sequence}` }, true);
      return `Said as ${id?.publisher}/${id?.sequence}.`;
    });
  }

  return (
    <form className="acts publish" aria-label="Say an event" onSubmit={(event) => void submit(event)}>
      <input
        className="find"
        list="types"
        value={type}
        required
        placeholder="Type"
        aria-label="Type"
        onChange={({ target }) => setType(target.value)}
      />
      <datalist id="types">
        {[...events.values()]
          .filter(({ event }) => event !== undefined)
          .map(({ typeName }) => (
            <option key={typeName} value={typeName} />
          ))}
      </datalist>
      <button type="submit" className="chip" disabled={act.busy || codec === undefined}>
        Say it
      </button>
      <button type="button" className="chip" onClick={onClose}>
        Put away
      </button>
      <Outcome act={act} />
      {codec !== undefined && (
        <textarea
          key={type}
          className="mono"
          name="json"
          rows={8}
          defaultValue={sample(codec)}
          aria-label="Content"
        />
      )}
    </form>
  );
}

/** Every field by its name, empty or null: what there is to fill in. */
function sample(codec: Codec): string {
  const empty = toJson(codec.schema, create(codec.schema), {
    alwaysEmitImplicit: true,
    useProtoFieldName: true,
  }) as Record<string, JsonValue>;
  const fields = codec.schema.fields.map(({ name }) => [name, empty[name] ?? null]);
  return JSON.stringify(Object.fromEntries(fields), null, 2);
}
