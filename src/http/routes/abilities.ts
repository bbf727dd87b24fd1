import type { FastifyInstance } from "fastify";
import type { AbilitiesBody } from "../../protocol/abilities.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/** `/groundwire/abilities`: what clients should offer people before they try it. Needs no more than the right to ask. */
export function abilityRoutes({ settings }: HttpServices) {
  const abilities: AbilitiesBody = {
    object: "groundwire.abilities",
    code_interpreter: settings.codeInterpreter.sandbox !== "off",
    max_file_bytes: settings.limits.maxFileBytes,
    page: settings.page,
  };
  return async (app: FastifyInstance): Promise<void> => {
    app.get("/abilities", operation("What the server can do"), async () => abilities);
  };
}
