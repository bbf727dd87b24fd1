/** What Azure OpenAI is asked for when nothing else is said. */
export const DEFAULT_API_VERSION = "2025-04-01-preview";

/** A URL of a server to call, without a slash at its end; or what is wrong with it, which never repeats it: it may hold a key. */
export function checkedUrl(value: string): { url: string } | { problem: string } {
  if (!/^https?:\/\//u.test(value) || !URL.canParse(value)) {
    return { problem: "is not an http(s) URL such as http://127.0.0.1:8000/v1." };
  }
  const { username, password, search } = new URL(value);
  if (username + password + search !== "") {
    return {
      problem: "must have no user name, password or query; keys have a setting of their own.",
    };
  }
  return { url: value.replace(/\/+$/u, "") };
}
