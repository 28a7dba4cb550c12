import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";

/** A writer's own part of the log: nobody else appends to it as long as this process lives. */
export interface Slot {
  readonly number: number;
  /** Differs each time the slot is taken: tells a live owner from one that died. */
  readonly token: string;
  readonly dir: string;
  release(): void;
}

const MOST_SLOTS = 1024;

/**
 * Takes the first free slot under `<root>/log`. The lock is an exclusive transaction on a database kept open
 * for life; the operating system releases it with the process, also after kill -9.
 */
export function takeSlot(root: string): Slot {
  for (let number = 0; number < MOST_SLOTS; number++) {
    const slot = trySlot(root, number);
    if (slot !== undefined) return slot;
  }
  throw new OrreryError(busErrors.BUS_FOLDER_TAKEN, {
    given: `${root}: all ${MOST_SLOTS} writer slots are taken`,
  });
}

/** The slot if nobody holds it. */
export function trySlot(root: string, number: number): Slot | undefined {
  const dir = join(root, "log", String(number));
  mkdirSync(dir, { recursive: true });
  const lock = new DatabaseSync(join(dir, "lock.db"), { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (/locked|busy/i.test(String(error))) return undefined;
    throw error;
  }
  const token = `${number}-${crypto.randomUUID().slice(0, 8)}`;
  writeFileSync(join(dir, "owner"), token);
  return { number, token, dir, release: () => lock.close() };
}
