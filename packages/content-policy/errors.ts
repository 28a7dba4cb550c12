import { defineErrors } from "@orrery/wire";

export const contentPolicyErrors = defineErrors({
  CONTENT_POLICY_UNSIGNED: {
    status: "permission_denied",
    summary: "The content policy is not what settings signed",
    todo: "Go by band `all`, and take the policy that ContentPolicyIssued told last",
  },
  CONTENT_POLICY_EXPIRED: {
    status: "failed_precondition",
    summary: "The content policy is over, or not of this session",
    todo: "Go by band `all` until settings has issued another one",
  },
  CONTENT_POLICY_KEY_UNKNOWN: {
    status: "permission_denied",
    summary: "The key that the content policy names is none of settings' present keys",
    todo: "Ask Keys again; a key stays there for 30 days after it signed last",
  },
});
