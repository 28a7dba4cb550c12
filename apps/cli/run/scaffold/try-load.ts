// Loads all services as a start does, without starting any: node apps/cli/run/scaffold/try-load.ts <id>
// Exit 1 with a sentence if they do not fit together, or if this one would not take its settings from here.
import { checkWiring, readConfig } from "@orrery/service";
import { OPERATOR_TYPES } from "../operator.ts";
import { loadServices } from "../services.ts";

try {
  const services = await loadServices();
  checkWiring(services, OPERATOR_TYPES);
  const tried = services.find(({ id }) => id === process.argv[2]);
  if (tried === undefined) throw new Error(`${process.argv[2]} is not among the services`);
  readConfig(tried.id, tried.config, process.env);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
