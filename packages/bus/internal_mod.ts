// For transports in packages of their own; nobody else imports it.
export { createWaker } from "./pull-waker.ts";
export { createSameFrames, type SameFrames } from "./same-frames.ts";
