export { type Emulator, findMinistack, startMinistack, TEST_CREDENTIALS } from "./ministack.ts";
