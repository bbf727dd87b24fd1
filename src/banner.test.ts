import { expect, test } from "vitest";
import { bannerOf } from "./banner.ts";
import { loadSettings } from "./config/load.ts";

const { settings } = loadSettings({ GROUNDWIRE_DATA_DIR: "/data", LOG_LEVEL: "silent" });
const url = "http://127.0.0.1:8080";

test.each([
  ["none needed", /curl -s http.*chat\/completions/u, /api-key|[Ss]ign in/u],
  ["key", /curl -s http.*-H "api-key: \$GROUNDWIRE_API_KEY"/u, /[Ss]ign in/u],
  ["sign-in", /Sign in and ask: http:\/\/127\.0\.0\.1:8080/u, /curl|api-key/u],
] as const)("a started server says how to ask when the way in is %s", (wayIn, said, unsaid) => {
  const banner = bannerOf(settings, { url, wayIn });
  expect(banner).toMatch(said);
  expect(banner).not.toMatch(unsaid);
});
