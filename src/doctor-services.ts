import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readConversation } from "./answer/conversation.ts";
import { KEYLESS } from "./auth/principal.ts";
import { createSignInProvider } from "./auth/sign-in/provider.ts";
import type { LoadedSettings } from "./config/load.ts";
import { refuseOpenHost } from "./config/open-host.ts";
import type { Settings } from "./config/settings.ts";
import type { Finding } from "./doctor/checklist.ts";
import {
  createDoctor,
  type Doctor,
  type DoctorDependencies,
  wholeDiagnosis,
} from "./doctor/doctor.ts";
import { readGroundedRequest } from "./http/grounded-request.ts";
import { createDeployments } from "./models/create-deployments.ts";
import type { DiagnosisBody, DiagnosisRequest } from "./protocol/diagnosis.ts";
import { GroundwireError } from "./protocol/errors.ts";
import { openSources } from "./source-services.ts";
import { openEmbeddedStorage } from "./storage/embedded/embedded.ts";
import type { Storage } from "./storage/storage.ts";
import { createCodeInterpreter } from "./tools/code-interpreter/create-code-interpreter.ts";

type Opened = Pick<DoctorDependencies, "storage" | "deployments" | "sources">;

interface OpenedDoctor extends Doctor {
  close(): Promise<void>;
}

/** The doctor of what is open already. */
export function openDoctor(
  settings: Settings,
  opened: Opened,
  {
    configuration = { detail: "as the server was started with" },
    cacheFolder = settings.dataDir,
  }: { configuration?: Finding; cacheFolder?: string } = {},
): OpenedDoctor {
  const codeInterpreter = createCodeInterpreter({
    settings: settings.codeInterpreter,
    cacheFolder: join(cacheFolder, "code-interpreter"),
    onStatus: () => {},
  });
  const doctor = createDoctor({
    ...opened,
    settings,
    codeInterpreter,
    signIn: settings.signIn === null ? null : createSignInProvider(settings.signIn, () => {}),
    configuration,
    readRequest(body, { deployment, principal }) {
      const warnings: string[] = [];
      const defaults =
        deployment === null ? [] : opened.deployments.resolve(deployment).dataSources;
      const { chat, sources } = readGroundedRequest(body, {
        context: { warnings, principal, errorEnvelope: "openai" },
        configured: settings,
        defaults,
      });
      return { sources, warnings, question: readConversation(chat).question };
    },
  });
  return {
    diagnose: (asked, options) => doctor.diagnose(asked, options),
    close: () => codeInterpreter.close(),
  };
}

/** Looks at a configuration that no server of this process runs with; one that holds the data folder goes on undisturbed. */
export async function diagnoseConfiguration(
  { settings, warnings }: LoadedSettings,
  asked: DiagnosisRequest,
  signal: AbortSignal,
): Promise<DiagnosisBody> {
  await using resources = new AsyncDisposableStack();
  const storage = await openIfFree(settings.dataDir);
  if (storage !== null) resources.defer(() => storage.close());
  const deployments = createDeployments(settings);
  resources.defer(() => deployments.close());
  const sources = openSources(settings, {
    passages: storage?.passages ?? null,
    deployments,
  });
  resources.defer(() => sources.close());
  const cacheFolder = await mkdtemp(join(tmpdir(), "groundwire-doctor-"));
  resources.defer(() => rm(cacheFolder, { recursive: true, force: true }));
  const doctor = openDoctor(
    settings,
    { storage, deployments, sources },
    { configuration: await findingOf(settings, { warnings, storage }), cacheFolder },
  );
  resources.defer(() => doctor.close());
  return await wholeDiagnosis(doctor.diagnose(asked, { principal: KEYLESS, signal }));
}

/** Null: there is none yet, or a server holds it. Nothing is made. */
async function openIfFree(dataDir: string): Promise<Storage | null> {
  if (!existsSync(join(dataDir, "catalogue.sqlite"))) return null;
  try {
    return await openEmbeddedStorage({ dataDir });
  } catch (error) {
    if (error instanceof GroundwireError && error.code === "conflict") return null;
    throw error;
  }
}

async function findingOf(
  settings: Settings,
  { warnings, storage }: { warnings: readonly string[]; storage: Storage | null },
): Promise<Finding> {
  const { host, apiKeys, entra, signIn } = settings;
  try {
    const hasKeys = apiKeys.length > 0 || entra !== null || signIn !== null || storage === null;
    refuseOpenHost(host, hasKeys || (await storage.keys.any()));
  } catch (error) {
    const detail = error instanceof Error ? error.message : "";
    return { status: "failed", detail, nextStep: "Make a key, or set HOST=127.0.0.1." };
  }
  if (warnings.length === 0) return { detail: "can be served" };
  return {
    status: "warning",
    detail: warnings.join(" "),
    nextStep: "Correct or unset the variables it names.",
  };
}
