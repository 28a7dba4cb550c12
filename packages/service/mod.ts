export { type Clock, systemClock } from "@orrery/bus";
export { configKey, configPrefix, readConfig } from "./config.ts";
export { aggregatesOf, defineService, partsOf, type ServiceDefinition } from "./define.ts";
export { serviceErrors } from "./errors.ts";
export { durableSubscription, writerSubscription } from "./durable.ts";
export type { Check, Health, HealthReport } from "./health.ts";
export { type Host, type HostOptions, startHost } from "./host.ts";
export type { Kit, Part, Peer, Running } from "./kit.ts";
export type { Hosted } from "./hosted.ts";
export type { RunningService, Surroundings } from "./lifecycle.ts";
export { createLogger, type Logger } from "./log.ts";
export { checkAccess, rpcOptions } from "./rpc/access.ts";
export { ANYONE, type Caller, callerHeaders, callerName, readCaller } from "./rpc/caller.ts";
export { createDirectory, type Directory } from "./rpc/directory.ts";
export { checkSection, type KeptSections, keepSections } from "./packs/kept.ts";
export { PART_BYTES, partsOf as packParts, sectionsOf } from "./packs/sections.ts";
export { type ReadSection, wholePack } from "./packs/whole.ts";
export type { Neighbour } from "./rpc/neighbours.ts";
export { errorCodeOf, isNotStarted, toConnectError } from "./rpc/errors.ts";
export { type CallFailure, failureOf } from "./rpc/failure.ts";
export { ERASED, isErased, WITHHELD } from "./personal/envelope.ts";
export { createKeyRing, type Held, type KeySource } from "./personal/key-ring.ts";
export {
  commandPlace,
  createPersonal,
  eventPlace,
  type Opened,
  type Personal,
  type Sealed,
  sealedLength,
  sealedWith,
  statePlace,
  withholdPersonal,
} from "./personal/personal.ts";
export { messageIn } from "./personal/rewrite.ts";
export { projection } from "./projecting/projection.ts";
export { type Page, pageAsked, pageOf, type PageSizes } from "./paging.ts";
export { type Said, type SaidBytes, say, serveSnapshot, type SnapshotOf } from "./rpc/snapshot.ts";
export { checkTimes } from "./rpc/times.ts";
export { type Call, type Handlers, type RpcBinding, serve } from "./rpc/serve.ts";
export { checkServiceId, checkSideBySide, isDevice } from "./service-id.ts";
export { type BulkTable, reading, rowsFor, writeRows, writing } from "./store/bulk.ts";
export type { Columns, Dialect } from "./store/columns.ts";
export { databaseBytes } from "./store/columns.ts";
export type { KitTables } from "./store/kit-tables.ts";
export type { Migrations } from "./store/migrations.ts";
export { createOutbox, type Outbox, type SendFrame } from "./store/outbox.ts";
export { type Asked, andThen, commitTogether, done, inOrder, together } from "./store/together.ts";
export { openStore, type Store, type StoreOptions } from "./store/store.ts";
export { createRegistry, LATENCY_BUCKETS_S, type Metrics, metricsOf } from "./telemetry.ts";
export { startTelemetry, type Telemetry } from "./telemetry-export.ts";
export { activeTraceparent, commandSpan, type Handled, handlingSpan } from "./telemetry-spans.ts";
export { checkWiring, matchesType, type Wiring } from "./wiring.ts";
