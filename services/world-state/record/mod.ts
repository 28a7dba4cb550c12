/** The records of worlds alone, for whoever runs other services without the rest of a world's state. */
export { records } from "../migrations/003-records.ts";
export { record } from "./record.ts";
export { recordCalls } from "./rpc.ts";
