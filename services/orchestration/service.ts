import { orchestration } from "./assembled.ts";
import { workflows } from "./workflows/mod.ts";

export default orchestration(workflows);
