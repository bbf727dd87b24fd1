import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type Accounts,
  CLIENT,
  type OpenIdProvider,
  startOpenIdProvider,
} from "./openid-provider.ts";
import { startTestServer, type TestServer } from "./server.ts";

export const ACCOUNTS: Accounts = {
  ada: { name: "Ada Lovelace", email: "ada@acme.example", email_verified: true, groups: ["staff"] },
  grace: {
    name: "Grace Hopper",
    email: "grace@acme.example",
    email_verified: true,
    groups: ["staff", "operators"],
  },
  mallory: { name: "Mallory", email: "mallory@acme.example", email_verified: false, groups: [] },
};

export interface SignInStand extends AsyncDisposable {
  provider: OpenIdProvider;
  server: TestServer;
  /** Another server on the same data, once this one has been closed; `settings` go below `sign_in`. */
  restart(settings?: string): Promise<TestServer>;
}

/** A server whose people sign in with a provider beside it. `settings` go below `sign_in`, `rest` beside it. */
export async function startSignInStand({
  settings = "",
  rest = "",
  environment = {},
  samples = false,
}: {
  settings?: string;
  rest?: string;
  environment?: Record<string, string>;
  samples?: boolean;
} = {}): Promise<SignInStand> {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-sign-in-"));
  const provider = await startOpenIdProvider(ACCOUNTS);
  const path = join(folder, "groundwire.yaml");
  const start = async (own: string): Promise<TestServer> => {
    await writeFile(
      path,
      `sign_in:
  name: Acme
  issuer: ${provider.issuer}
  client_id: ${CLIENT.client_id}
  client_secret: \${CLIENT_SECRET}
${own}
${rest}
`,
    );
    const server = await startTestServer(
      {
        CLIENT_SECRET: CLIENT.client_secret,
        GROUNDWIRE_CONFIG: path,
        GROUNDWIRE_DATA_DIR: folder,
        ...environment,
      },
      { samples },
    );
    provider.register(server.url);
    return server;
  };
  let server = await start(settings);
  return {
    provider,
    get server() {
      return server;
    },
    async restart(changed = settings) {
      await server[Symbol.asyncDispose]();
      server = await start(changed);
      return server;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
