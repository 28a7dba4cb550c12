export { findNatsServer, type NatsServer, startNatsServer } from "./server.ts";
