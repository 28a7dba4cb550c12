export { type Accounts, createAccounts } from "./accounts.ts";
export { type NatsCluster, startNatsCluster } from "./cluster.ts";
export { findNatsServer, type NatsServer, startNatsServer } from "./server.ts";
