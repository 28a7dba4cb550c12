import { JetStreamApiCodes } from "@nats-io/jetstream";
import { apiCode, type Connection } from "./connection.ts";
import type { Names } from "./names.ts";

export interface Kept<T> {
  /** Undefined: what stands there cannot be read. */
  readonly value: T | undefined;
  readonly revision: number;
  /** The server's clock when this revision was written. */
  readonly time: Date;
}

/** Small JSON values by subject, each changed only by whoever knows its last revision. */
export interface Records {
  read<T>(subject: string): Promise<Kept<T> | undefined>;
  /** The new revision, or undefined when somebody else wrote meanwhile. `revision` 0: it must be new. */
  write(subject: string, value: unknown, revision: number): Promise<number | undefined>;
  /** Whatever its revision is. */
  put(subject: string, value: unknown): Promise<void>;
  remove(subject: string): Promise<void>;
  all<T>(filter: string): Promise<(Kept<T> & { readonly subject: string })[]>;
}

export function createRecords({ js, jsm, unbroken }: Connection, names: Names): Records {
  async function read<T>(subject: string): Promise<Kept<T> | undefined> {
    const message = await unbroken(jsm.streams.getMessage(names.records, { last_by_subj: subject }));
    if (message === null) return undefined;
    return { value: valueOf<T>(message), revision: message.seq, time: message.time };
  }

  return {
    read,
    async write(subject, value, revision) {
      try {
        const ack = await unbroken(
          js.publish(subject, JSON.stringify(value), { expect: { lastSubjectSequence: revision } }),
        );
        return ack.seq;
      } catch (error) {
        if (apiCode(error) === JetStreamApiCodes.StreamWrongLastSequence) return undefined;
        throw error;
      }
    },
    async put(subject, value) {
      await unbroken(js.publish(subject, JSON.stringify(value)));
    },
    async remove(subject) {
      await unbroken(jsm.streams.purge(names.records, { filter: subject }));
    },
    async all<T>(filter: string) {
      const found: (Kept<T> & { readonly subject: string })[] = [];
      const info = await jsm.streams.info(names.records, { subjects_filter: filter });
      for (const subject of Object.keys(info.state.subjects ?? {}).sort()) {
        const kept = await read<T>(subject);
        if (kept !== undefined) found.push({ ...kept, subject });
      }
      return found;
    },
  };
}

/** Anybody with rights at the server can write there: what is no JSON object is none of ours. */
function valueOf<T>(message: { string(): string }): T | undefined {
  try {
    const value: unknown = JSON.parse(message.string());
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
