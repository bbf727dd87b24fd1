import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const WEB_APPLICATION = fileURLToPath(new URL("../../../web/dist/", import.meta.url));

/** A conversation that others may read: no search engine and no cache is to keep it. */
const SHARED_PAGE = "/shared/:token";

/** Addresses that the page reads itself: a conversation, and its other pages. */
const PAGES = [
  "/c/:conversation",
  "/documents",
  "/documents/:store",
  "/settings",
  "/settings/:section",
  "/sign-in",
];

/** The one style that React Aria writes into the page (what is pressed takes no gestures), by its hash. */
const REACT_ARIA_STYLE = "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='";

/** Scripts, styles and connections of our own origin only; PDF decoders need WebAssembly. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  `style-src 'self' ${REACT_ARIA_STYLE}`,
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const NOT_BUILT = `Groundwire is running. Its web application has not been built: run "npm run build:web".

The API is at /openai/… and /openai/v1/…; for example:

  curl http://127.0.0.1:8080/openai/v1/models
`;

/** The web application at `/`, or a page that says how to get it. Needs no key. `root` ends in a slash. */
export function webRoutes(root: string = WEB_APPLICATION) {
  return async (app: FastifyInstance): Promise<void> => {
    if (!(await exists(`${root}index.html`))) {
      app.get("/", async (_request, reply) =>
        reply.type("text/plain; charset=utf-8").send(NOT_BUILT),
      );
      return;
    }
    await app.register(fastifyStatic, {
      root,
      preCompressed: true,
      wildcard: false,
      setHeaders: setWebHeaders,
    });
    for (const page of PAGES) {
      app.get(page, async (_request, reply) => reply.sendFile("index.html"));
    }
    app.get(SHARED_PAGE, { onSend: keepPrivate }, async (_request, reply) =>
      reply.sendFile("index.html"),
    );
  };
}

async function keepPrivate(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header("cache-control", "no-store").header("x-robots-tag", "noindex, nofollow");
}

function setWebHeaders(reply: FastifyReply, path: string): void {
  reply.header("content-security-policy", CONTENT_SECURITY_POLICY);
  reply.header("referrer-policy", "no-referrer");
  // File names under assets/ carry a hash of their content.
  const isHashed = path.includes("/assets/");
  reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
