/** As much of a browser as signing in takes: it keeps cookies by host and follows what it is told to. */
export interface CookieBrowser {
  cookies: Map<string, string>;
  /** One request, with the cookies of its host. Redirects are not followed. */
  send(url: string, init?: RequestInit): Promise<Response>;
  /** Follows redirects until there are none, or until one leads to `stopAt`, whose address is answered then. */
  follow(url: string, options?: { stopAt?: string; init?: RequestInit }): Promise<string>;
  /** Sends the form of a page of the provider as it stands there, with these fields filled in. */
  submit(url: string, fields: Record<string, string>): Promise<string>;
  /** Signs in at the pages of the provider and consents there; answers the address that it leads to at last. */
  signIn(url: string, options: { login: string; stopAt?: string }): Promise<string>;
}

const MOST_REDIRECTS = 20;

export function createCookieBrowser(): CookieBrowser {
  /** `host name` → value. Ports have no cookies of their own. */
  const cookies = new Map<string, string>();
  let page = "";

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const { hostname } = new URL(url);
    const mine = [...cookies].filter(([key]) => key.startsWith(`${hostname} `));
    const cookie = mine.map(([key, value]) => `${key.slice(hostname.length + 1)}=${value}`);
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: {
        ...(cookie.length === 0 ? {} : { cookie: cookie.join("; ") }),
        ...(init.headers as Record<string, string> | undefined), // as the tests write them
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/u.exec(line) ?? [];
      const isGone = /max-age=0|expires=thu, 01 jan 1970/iu.test(line);
      if (isGone) cookies.delete(`${hostname} ${name}`);
      else cookies.set(`${hostname} ${name}`, value);
    }
    return response;
  }

  async function follow(
    url: string,
    { stopAt, init }: { stopAt?: string; init?: RequestInit } = {},
  ): Promise<string> {
    let at = url;
    let request = init;
    for (let step = 0; step < MOST_REDIRECTS; step++) {
      if (stopAt !== undefined && at.startsWith(stopAt)) return at;
      const response = await send(at, request);
      const location = response.headers.get("location");
      page = await response.text();
      if (location === null) return at;
      at = new URL(location, at).href;
      request = undefined;
    }
    throw new Error(`${url} leads nowhere`);
  }

  async function submit(at: string, fields: Record<string, string>, stopAt?: string) {
    const action = /<form[^>]* action="([^"]+)"/u.exec(page)?.[1] ?? at;
    const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/gu)];
    const given = hidden.map(([, name = "", value = ""]): [string, string] => [name, value]);
    const body = new URLSearchParams({ ...Object.fromEntries(given), ...fields });
    const init = { method: "POST", body };
    return follow(new URL(action, at).href, { init, ...(stopAt ? { stopAt } : {}) });
  }

  return {
    cookies,
    send,
    follow,
    async submit(url, fields) {
      return submit(await follow(url), fields);
    },
    async signIn(url, { login, stopAt }) {
      const prompt = await follow(url, stopAt ? { stopAt } : {});
      if (!page.includes('name="login"')) return prompt;
      const consent = await submit(prompt, { prompt: "login", login, password: "any" }, stopAt);
      if (!page.includes('value="consent"')) return consent;
      return submit(consent, { prompt: "consent" }, stopAt);
    },
  };
}
