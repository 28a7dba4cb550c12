import { contractHead } from "./contract-head.ts";
import { capital, type Wanted } from "./wanted.ts";

/** The contract of a service that keeps one state for all worlds: in real time, for other services. */
export const platformContract = {
  events: ({ domain }: Wanted) => `// What becomes of the ${domain} of all worlds.
${contractHead(domain, "orrery/options.proto")}
// The ${domain} stands otherwise: once a minute, in the world \`platform\`. The latest says all that those before it said.
message ${capital(domain)}Changed {
  option (orrery.event) = {
    lane: LANE_STANDARD
    coalesce: true
    audience: AUDIENCE_NONE
    retention: {days: 30}
    says: "The ${domain} stands at {level, number, ::.00}"
  };
  // Unix ms.
  double at_ms = 1;
  double level = 2 [(orrery.unit) = "0..1"];
}
`,
  state: ({ id, domain, rpc }: Wanted) => `// What ${id} remembers.
${contractHead(domain, "orrery/options.proto")}
${
  rpc
    ? `// Where it stood at a minute.
message LevelAt {
  // Unix ms.
  double at_ms = 1;
  double level = 2 [(orrery.unit) = "0..1"];
}

`
    : ""
}// The aggregate: one for all worlds.
message ${capital(domain)}State {
  double level = 1 [(orrery.unit) = "0..1"];
  // Unix ms since which it stands there.
  double at_ms = 2;${
    rpc
      ? `
  // Of the last 10 minutes, oldest first.
  repeated LevelAt recent = 3;`
      : ""
  }
}
`,
  service: ({
    domain,
  }: Wanted) => `${contractHead(domain, "orrery/options.proto", `${domain}/v1/state.proto`)}
// What can be asked about the ${domain} of all worlds.
service ${capital(domain)}Service {
  // Where it stood at each of the last 10 minutes, oldest first.
  rpc ListLevels(ListLevelsRequest) returns (ListLevelsResponse) {
    option (orrery.rpc) = {
      callers: [
        CALLER_PLAYER,
        CALLER_SERVICE,
        CALLER_ADMIN
      ]
      idempotent: true
    };
  }
}

message ListLevelsRequest {
  // 1..500, default 100.
  uint32 page_size = 1;
  string page_token = 2;
}

message ListLevelsResponse {
  repeated LevelAt levels = 1;
  // Empty: this page was the last.
  string next_page_token = 2;
}
`,
} as const;
