import type { LogRecord } from "./log-record.ts";

/** The newest records of a partition this process writes, kept so that its readers need not read them back. */
export interface Recent {
  push(record: LogRecord): void;
  /** The record at exactly this position, if it is still here. */
  at(position: number): LogRecord | undefined;
}

export function createRecent(maxBytes: number): Recent {
  let records: LogRecord[] = [];
  let start = 0;
  let bytes = 0;

  return {
    push(record) {
      records.push(record);
      bytes += record.frame.length;
      while (bytes > maxBytes && start < records.length - 1)
        bytes -= (records[start++] as LogRecord).frame.length;
      if (start > records.length >> 1) {
        records = records.slice(start);
        start = 0;
      }
    },
    at(position) {
      let low = start;
      let high = records.length - 1;
      if (high < low || (records[low] as LogRecord).position > position) return undefined;
      while (low < high) {
        const mid = (low + high) >> 1;
        if ((records[mid] as LogRecord).position < position) low = mid + 1;
        else high = mid;
      }
      const record = records[low] as LogRecord;
      return record.position === position ? record : undefined;
    },
  };
}
