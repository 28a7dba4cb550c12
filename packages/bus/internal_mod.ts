// For transports in packages of their own; nobody else imports it.
export { letterOf, letterPieces, strangeLetter } from "./letter-bytes.ts";
export { createWaker } from "./pull-waker.ts";
export { createSameFrames, type SameFrames } from "./same-frames.ts";
