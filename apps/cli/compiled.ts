import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

/**
 * Some thousand modules are read and compiled at each start, which takes longer than all that the services do then. What Node
 * made of them is kept, by their text: an edit is compiled anew, and a cache that cannot be used costs the time that it saves.
 * To be called before anything else is loaded; NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 none.
 */
export const keepCompiled = (): void =>
  void enableCompileCache(
    process.env["NODE_COMPILE_CACHE"] ??
      join(import.meta.dirname, "../../node_modules/.cache/orrery-compiled"),
  );

/** Writes it down now: a process that is killed would not, and neither would those that it is to help. */
export const writeCompiled = (): void => flushCompileCache();
