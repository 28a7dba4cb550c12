import { setFlagsFromString } from "node:v8";

/**
 * Loading some thousand modules lets V8 grow its young generation to its most, 3 x 32 MB, which it never gives back.
 * It is to grow by what the world does, not by how it came up. To be called before anything else is loaded.
 */
export const holdYoungGeneration = (): void => setFlagsFromString("--semi-space-growth-factor=1");

/** From here on it grows by what lives in it, V8's own way. */
export const letYoungGenerationGrow = (): void => setFlagsFromString("--semi-space-growth-factor=2");
