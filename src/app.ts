import { randomUUID } from "node:crypto";
import multipart from "@fastify/multipart";
import Fastify, { LogController } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";

import packageJson from "../package.json" with { type: "json" };
import { createAuthenticator } from "./auth/authenticate.ts";
import { createStoredKeys } from "./auth/stored-keys.ts";
import { openSignIn } from "./auth/sign-in/sign-in.ts";
import { readApiVersion } from "./http/api-version.ts";
import {
  answerUnroutable,
  registerErrorResponses,
  registerRequestLog,
  registerRequestContext,
  requireKey,
  scoped,
} from "./http/hooks.ts";
import { registerJsonBody } from "./http/json-body.ts";
import { registerOpenApi } from "./http/openapi.ts";
import { normalizeUrl } from "./http/normalize-url.ts";
import { abilityRoutes } from "./http/routes/abilities.ts";
import { chatCompletionsRoutes, extensionsRoutes } from "./http/routes/chat-completions.ts";
import { conversationRoutes } from "./http/routes/conversations.ts";
import { doctorRoutes } from "./http/routes/doctor.ts";
import { documentRoutes } from "./http/routes/documents.ts";
import { embeddingsRoutes } from "./http/routes/embeddings.ts";
import { feedbackRoutes } from "./http/routes/feedback.ts";
import { fileBatchRoutes } from "./http/routes/file-batches.ts";
import { fileContentRoutes } from "./http/routes/file-content.ts";
import { fileRoutes } from "./http/routes/files.ts";
import { healthRoutes } from "./http/routes/health.ts";
import { keyRoutes } from "./http/routes/keys.ts";
import { mcpRoutes } from "./http/routes/mcp.ts";
import { metricsRoutes } from "./http/routes/metrics.ts";
import { modelRoutes } from "./http/routes/models.ts";
import { responseRoutes } from "./http/routes/responses.ts";
import { usageRoutes } from "./http/routes/usage.ts";
import { sharedConversationRoutes } from "./http/routes/shared-conversations.ts";
import { sourceRoutes } from "./http/routes/sources.ts";
import { vectorStoreFileRoutes } from "./http/routes/vector-store-files.ts";
import { vectorStoreSearchRoutes } from "./http/routes/vector-store-search.ts";
import { vectorStoreRoutes } from "./http/routes/vector-stores.ts";
import { backChannelRoutes } from "./http/routes/back-channel.ts";
import { sessionRoutes } from "./http/routes/sessions.ts";
import { signInRoutes } from "./http/routes/sign-in.ts";
import { webRoutes } from "./http/routes/web.ts";
import {
  type BackgroundResponses,
  createBackgroundResponses,
  failInterrupted,
} from "./http/responses/background.ts";
import type { HttpServices } from "./http/services-type.ts";
import { createInFlight, drainOnClose } from "./http/shutdown.ts";

/** How long requests in flight may go on when the server closes. */
const SHUTDOWN_GRACE_SECONDS = 20;
/** For a whole request with its body; a 512 MB upload over a slow line stays below it. */
const REQUEST_TIMEOUT_MS = 30 * 60 * 1000;

/** The server's table of contents: every hook and route, in order. The caller listens and closes. */
export async function createApp(services: HttpServices): Promise<FastifyInstance> {
  const { settings } = services;
  const logger: FastifyBaseLogger = services.logger;
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: settings.limits.maxBodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    rewriteUrl: (request) => normalizeUrl(request.url ?? "/"),
    frameworkErrors: answerUnroutable,
    routerOptions: { maxParamLength: 1000 },
  });
  const inFlight = createInFlight();
  const storedKeys = createStoredKeys({
    records: services.storage.keys,
    now: services.now,
    onError: (error) => logger.warn({ err: error }, "the use of a key could not be noted"),
  });
  const signIn =
    settings.signIn === null
      ? null
      : openSignIn({
          settings: settings.signIn,
          records: services.storage.sessions,
          now: services.now,
          logger,
        });
  const sessions = signIn?.sessions ?? null;
  const authenticator = createAuthenticator({ ...services, storedKeys, sessions });

  await failInterrupted(services.storage);
  const background = createBackgroundResponses(services.logger);
  app.addHook("onClose", () => background.close());

  registerOpenApi(app, packageJson.version);
  registerRequestContext(app, inFlight);
  registerErrorResponses(app);
  registerRequestLog(app, services.metrics);
  drainOnClose(app, inFlight, SHUTDOWN_GRACE_SECONDS);
  registerJsonBody(app);
  await app.register(multipart);

  await app.register(healthRoutes(services));
  await app.register(webRoutes());
  await app.register(signInRoutes({ settings, signIn, storedKeys, authenticator }), {
    prefix: "/groundwire",
  });
  await app.register(backChannelRoutes(signIn), { prefix: "/groundwire" });

  await app.register(async (api) => {
    requireKey(api, authenticator, settings.mode);
    await api.register(metricsRoutes(services));
    await api.register(scoped("chat", mcpRoutes(services)));
    await api.register(scoped("files", documentRoutes(services)), { prefix: "/groundwire" });
    await api.register(scoped("chat", conversationRoutes(services)), { prefix: "/groundwire" });
    await api.register(scoped("chat", sharedConversationRoutes(services)), {
      prefix: "/groundwire",
    });
    await api.register(usageRoutes(services), { prefix: "/groundwire" });
    await api.register(scoped("chat", sourceRoutes(services)), { prefix: "/groundwire" });
    await api.register(scoped("chat", abilityRoutes(services)), { prefix: "/groundwire" });
    await api.register(scoped("admin", feedbackRoutes(services)), { prefix: "/groundwire" });
    await api.register(scoped("admin", doctorRoutes(services)), { prefix: "/groundwire" });
    await api.register(scoped("admin", sessionRoutes(sessions)), { prefix: "/groundwire" });
    await api.register(scoped("admin", keyRoutes({ ...services, storedKeys, authenticator })), {
      prefix: "/groundwire",
    });

    await api.register(resourceRoutes(services, { style: "v1", background }), {
      prefix: "/openai/v1",
    });
    await api.register(
      async (dated) => {
        dated.addHook("onRequest", async (request) => {
          request.context.apiVersion = readApiVersion(request);
        });
        await dated.register(resourceRoutes(services, { style: "dated", background }));
        await dated.register(scoped("chat", extensionsRoutes(services)), {
          prefix: "/deployments/:deployment",
        });
      },
      { prefix: "/openai" },
    );
  });
  return app;
}

/** The API proper. Dated routes name the deployment in the path, the v1 routes in the body. */
function resourceRoutes(
  services: HttpServices,
  { style, background }: { style: "dated" | "v1"; background: BackgroundResponses },
) {
  const deployment = style === "dated" ? "/deployments/:deployment" : "";
  return async (api: FastifyInstance): Promise<void> => {
    await api.register(scoped("chat", chatCompletionsRoutes(services)), { prefix: deployment });
    await api.register(scoped("chat", embeddingsRoutes(services)), { prefix: deployment });
    await api.register(scoped("chat", responseRoutes(services, background)));
    await api.register(scoped("chat", modelRoutes(services)));
    await api.register(scoped("files", fileRoutes(services)));
    await api.register(scoped("files", vectorStoreRoutes(services)));
    await api.register(scoped("files", vectorStoreFileRoutes(services)));
    await api.register(scoped("files", fileContentRoutes(services)));
    await api.register(scoped("files", fileBatchRoutes(services)));
    await api.register(scoped("files", vectorStoreSearchRoutes(services)));
  };
}
