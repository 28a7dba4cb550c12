import { contractHead } from "./contract-head.ts";
import { platformContract } from "./platform-contract-text.ts";
import { capital, type Wanted } from "./wanted.ts";

/** The contract of a new service, by file below schema/orrery. */
export function contractFiles(wanted: Wanted): Readonly<Record<string, string>> {
  const { domain, of, rpc } = wanted;
  const text = of === "world" ? { events, state, service } : platformContract;
  return {
    [`${domain}/v1/events.proto`]: text.events(wanted),
    [`${domain}/v1/state.proto`]: text.state(wanted),
    ...(rpc && { [`${domain}/v1/service.proto`]: text.service(wanted) }),
  };
}

const events = ({ domain }: Wanted) => `// What becomes of the ${domain} of a world.
${contractHead(domain, "orrery/options.proto")}
// The ${domain} stands otherwise: once a game hour. The latest says all that those before it said.
message ${capital(domain)}Changed {
  option (orrery.event) = {
    lane: LANE_STANDARD
    coalesce: true
    audience: AUDIENCE_WORLD
    says: "The ${domain} stands at {level, number, ::.00}"
  };
  double at_gs = 1;
  double level = 2 [(orrery.unit) = "0..1"];
}
`;

const state = ({ id, domain, rpc }: Wanted) => `// What ${id} remembers of a world.
${contractHead(domain, "orrery/options.proto")}
${
  rpc
    ? `// Where it stood at an hour.
message LevelAt {
  double at_gs = 1;
  double level = 2 [(orrery.unit) = "0..1"];
}

`
    : ""
}// The aggregate: one per world.
message ${capital(domain)}State {
  double level = 1 [(orrery.unit) = "0..1"];
  // Game second since which it stands there.
  double at_gs = 2;${
    rpc
      ? `
  // Of the last 24 hours, oldest first.
  repeated LevelAt recent = 3;`
      : ""
  }
}
`;

const service = ({
  domain,
}: Wanted) => `${contractHead(domain, "orrery/options.proto", `${domain}/v1/state.proto`)}
// What can be asked about the ${domain} of a world.
service ${capital(domain)}Service {
  // Where it stood at each of the last 24 hours, oldest first.
  rpc ListLevels(ListLevelsRequest) returns (ListLevelsResponse) {
    option (orrery.rpc) = {
      callers: [
        CALLER_PLAYER,
        CALLER_SERVICE,
        CALLER_ADMIN
      ]
      idempotent: true
      route_key: "world_id"
    };
  }
}

message ListLevelsRequest {
  string world_id = 1;
  // 1..500, default 100.
  uint32 page_size = 2;
  string page_token = 3;
}

message ListLevelsResponse {
  repeated LevelAt levels = 1;
  // Empty: this page was the last.
  string next_page_token = 2;
}
`;
