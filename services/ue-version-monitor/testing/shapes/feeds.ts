// Feeds of three kinds. Atom as GitHub writes `releases.atom` (docs.github.com/rest/activity/feeds, RFC 4287); RSS 2.0
// as its specification's sample file (rssboard.org/rss-specification); JSON Feed 1.1 (jsonfeed.org/version/1.1). Names
// and values are made up.

export const ATOM = `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en-US">
  <id>tag:github.com,2008:https://github.com/octocat/engine/releases</id>
  <link type="text/html" rel="alternate" href="https://github.com/octocat/engine/releases"/>
  <link type="application/atom+xml" rel="self" href="https://github.com/octocat/engine/releases.atom"/>
  <title>Release notes from engine</title>
  <updated>2026-07-26T10:00:00Z</updated>
  <entry>
    <id>tag:github.com,2008:Repository/1/5.8.0-preview-1</id>
    <updated>2026-07-25T09:00:00Z</updated>
    <link rel="alternate" type="text/html" href="https://github.com/octocat/engine/releases/tag/5.8.0-preview-1"/>
    <title>The first preview</title>
    <content type="html">&lt;h2&gt;Rendering&lt;/h2&gt;&lt;ul&gt;&lt;li&gt;Improves &lt;strong&gt;Lumen&lt;/strong&gt;&lt;/li&gt;&lt;/ul&gt;</content>
    <author><name>octocat</name></author>
    <media:thumbnail height="30" width="30" url="https://avatars.example/1"/>
  </entry>
  <entry>
    <id>tag:github.com,2008:Repository/1/5.7.0-release</id>
    <updated>2026-06-20T09:00:00Z</updated>
    <link rel="alternate" type="text/html" href="https://github.com/octocat/engine/releases/tag/5.7.0-release"/>
    <title>5.7</title>
    <content type="html">Out now &amp; ready</content>
  </entry>
</feed>`;

export const RSS = `<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
  <channel>
    <title>Engine News</title>
    <link>https://news.example/</link>
    <description>What is new.</description>
    <pubDate>Tue, 10 Jun 2026 04:00:00 GMT</pubDate>
    <item>
      <title>Engine 5.7.1 is out</title>
      <link>https://news.example/5-7-1</link>
      <description>Mends what 5.7.0 broke.</description>
      <pubDate>Wed, 03 Jun 2026 09:39:21 GMT</pubDate>
      <guid>https://news.example/5-7-1</guid>
    </item>
    <item>
      <title>From 5.6.1 to 5.7.0: ten tips</title>
      <link>https://news.example/tips</link>
      <description>Tips.</description>
    </item>
    <item>
      <title>Star City</title>
      <description>No version at all.</description>
    </item>
  </channel>
</rss>`;

export const JSON_FEED = {
  version: "https://jsonfeed.org/version/1.1",
  title: "Engine",
  home_page_url: "https://news.example/",
  feed_url: "https://news.example/feed.json",
  items: [
    {
      id: "2",
      title: "v5.9.0",
      content_text: "- Deprecates Chaos",
      url: "https://news.example/5-9-0",
      date_published: "2026-09-01T10:00:00Z",
    },
    { id: "1", content_html: "<p>Hello</p>", url: "https://news.example/hello" },
  ],
};
