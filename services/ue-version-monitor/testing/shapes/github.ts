// In the shape of GitHub's REST API: `GET /repos/{owner}/{repo}/tags` as quoted in github/docs issue 40396,
// `GET /repos/{owner}/{repo}/releases` as in docs.github.com/rest/releases/releases (fields by `WebhooksRelease` and
// `Release` of github/rest-api-description). Names and values are made up.

export const tag = (name: string, sha: string) => ({
  name,
  zipball_url: `https://api.github.com/repos/octocat/engine/zipball/refs/tags/${name}`,
  tarball_url: `https://api.github.com/repos/octocat/engine/tarball/refs/tags/${name}`,
  commit: { sha, url: `https://api.github.com/repos/octocat/engine/commits/${sha}` },
  node_id: `MDM6UmVmMTpyZWZzL3RhZ3Mv${name}`,
});

export const release = (name: string, rest: object = {}) => ({
  url: "https://api.github.com/repos/octocat/engine/releases/1",
  html_url: `https://github.com/octocat/engine/releases/tag/${name}`,
  assets_url: "https://api.github.com/repos/octocat/engine/releases/1/assets",
  upload_url: "https://uploads.github.com/repos/octocat/engine/releases/1/assets{?name,label}",
  tarball_url: `https://api.github.com/repos/octocat/engine/tarball/${name}`,
  zipball_url: `https://api.github.com/repos/octocat/engine/zipball/${name}`,
  id: 1,
  node_id: "MDc6UmVsZWFzZTE=",
  tag_name: name,
  target_commitish: "main",
  name,
  body: "# Rendering\n- Adds Nanite foliage",
  draft: false,
  prerelease: false,
  created_at: "2026-02-27T19:35:32Z",
  published_at: "2026-02-28T08:00:00Z",
  author: { login: "octocat", id: 1, type: "User", site_admin: false },
  assets: [],
  ...rest,
});

/** As sent with `x-github-event: release` (octokit/webhooks, payload-examples/api.github.com/release). */
export const releaseEvent = (action: string, name: string, rest: object = {}) => ({
  action,
  release: release(name, rest),
  repository: { id: 1, name: "engine", full_name: "octocat/engine", private: true },
  sender: { login: "octocat", id: 1, type: "User" },
});
