export { type HttpFaults, type HttpProxy, startHttpProxy } from "./http.ts";
export { startTcpProxy, type TcpProxy } from "./tcp.ts";
