// processes.ts, or another program, on SNS and SQS, as an emulator has them, and PostgreSQL, each started here; exit 3 without ministack:
//   node bench/kill9/with-aws.ts [--program=../replay/main.ts] [options of the program]
import { findMinistack, startMinistack } from "@orrery/bus-aws/testing";
import { NOT_RUN, runOn } from "./on-broker.ts";

if (findMinistack() === undefined) {
  console.error("no ministack here: pip install ministack, or name it in MINISTACK");
  process.exit(NOT_RUN);
}
const emulator = await startMinistack();
await runOn({ option: ["--aws", emulator.endpoint], close: () => emulator.close() });
