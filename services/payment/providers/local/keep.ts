import { rowsFor, type Store, writeRows, type BulkTable } from "@orrery/service";
import type { LocalRow, PaymentTables } from "../../tables.ts";
import { type BankState, newBankState } from "./state.ts";

const LOCAL: BulkTable<LocalRow> = {
  name: "local_object",
  columns: { kind: "text", ref: "text", body: "text" },
  key: ["kind", "ref"],
  update: ["body"],
};

const TABLES = ["checkouts", "payments", "subscriptions", "keys"] as const;

// A never-due date is no JSON number.
const toJson = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) => (part === Infinity ? "never" : part));
const fromJson = (text: string) =>
  JSON.parse(text, (_, part: unknown) => (part === "never" ? Infinity : part)) as never;

/** A bank's memory in the database. */
export interface BankMemory {
  readonly state: BankState;
  /** Reads it again: another process may have kept it meanwhile. */
  read(): Promise<void>;
  /** Writes what changed since the last time. */
  save(): Promise<void>;
}

export async function openMemory(store: Store): Promise<BankMemory> {
  const state = newBankState();
  const written = new Map<string, string>();

  async function read(): Promise<void> {
    const rows = await store.as<PaymentTables>().selectFrom("local_object").selectAll().execute();
    written.clear();
    for (const table of TABLES) state[table].clear();
    for (const { kind, ref, body } of rows) {
      written.set(`${kind} ${ref}`, body);
      if (kind === "bank") Object.assign(state, fromJson(body));
      for (const table of TABLES)
        if (kind === table) (state[table] as Map<string, unknown>).set(ref, fromJson(body));
    }
  }
  let saving: Promise<void> = Promise.resolve();

  function changes(): LocalRow[] {
    const { aheadMs, made } = state;
    const now: LocalRow[] = [{ kind: "bank", ref: "", body: toJson({ aheadMs, made }) }];
    for (const kind of TABLES)
      for (const [ref, value] of state[kind]) now.push({ kind, ref, body: toJson(value) });
    return now.filter(({ kind, ref, body }) => written.get(`${kind} ${ref}`) !== body);
  }

  await read();
  return {
    state,
    read,
    save() {
      saving = saving.then(async () => {
        const some = changes();
        await writeRows(store.db, store.dialect, [rowsFor(LOCAL, some)]);
        for (const { kind, ref, body } of some) written.set(`${kind} ${ref}`, body);
      });
      return saving;
    },
  };
}
