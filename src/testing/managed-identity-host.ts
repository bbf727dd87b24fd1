import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ManagedIdentityHost extends AsyncDisposable {
  /** The variables Azure sets where identities are asked for in this way. */
  environment: Record<string, string>;
  /** Every token that was given: for whom, and which identity. Empty `identity`: the system's. */
  given: { token: string; resource: string; identity: string }[];
  /** True: whoever asks is told that there is no such identity. */
  refuses: boolean;
  /** True: nobody is answered. */
  isSilent: boolean;
  /** Requests that are not answered. */
  waiting(): number;
}

/** What gives tokens of managed identities to programs on App Service and on virtual machines (IMDS), on this machine. */
export async function startManagedIdentityHost(
  style: "app service" | "imds",
): Promise<ManagedIdentityHost> {
  const given: ManagedIdentityHost["given"] = [];
  let waiting = 0;
  const server = createServer((request, reply) => {
    if (host.isSilent) {
      waiting++;
      return;
    }
    const url = new URL(request.url ?? "", "http://host");
    const send = (status: number, body: object): void => {
      reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const isApproved =
      style === "app service"
        ? request.headers["x-identity-header"] === SECRET
        : url.pathname.startsWith("/metadata/identity/oauth2/token") &&
          request.headers["metadata"] === "true";
    if (!isApproved || host.refuses) {
      send(400, { error: "invalid_request", error_description: "Identity not found" });
      return;
    }
    const resource = url.searchParams.get("resource") ?? "";
    // Named differently by the two.
    const identity =
      url.searchParams.get(style === "app service" ? "mi_res_id" : "msi_res_id") ?? "";
    const token = `token-${given.length + 1}`;
    given.push({ token, resource, identity });
    const lifetime = 86_400;
    send(200, {
      access_token: token,
      expires_on: String(Math.floor(Date.now() / 1000) + lifetime),
      expires_in: String(lifetime),
      resource,
      token_type: "Bearer",
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host: ManagedIdentityHost = {
    environment:
      style === "app service"
        ? { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: SECRET }
        : { AZURE_POD_IDENTITY_AUTHORITY_HOST: url },
    given,
    refuses: false,
    isSilent: false,
    waiting: () => waiting,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return host;
}

const SECRET = "identity-secret";
