/** An event that is added to a contract; `name` in PascalCase. */
export function eventText(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  const sentence = words.charAt(0) + words.slice(1).toLowerCase();
  return `
// ${sentence}.
message ${name} {
  option (orrery.event) = {
    lane: LANE_STANDARD
    key: "region_id"
    audience: AUDIENCE_REGION
    says: "${sentence} at {region_id}"
  };
  double at_gs = 1;
  string region_id = 2 [(orrery.entity) = true];
}
`;
}
