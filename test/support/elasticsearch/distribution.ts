import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const VERSION = "8.19.8";
/** The server as Elastic's own integration tests run it: with security, without machine learning, inference, rank fusion and scripts. */
const ARTIFACT = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${VERSION}:zip`;
const UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack";
const PLUGIN_SOURCE = join(import.meta.dirname, "SecurityIndexAnalysis.java");

export interface Distribution {
  /** Folder of the unpacked server; only read. */
  home: string;
  javaHome: string;
}

/** The server's files, fetched from Maven Central by the first call on a machine and kept in the folder for temporary files. */
export async function elasticsearchDistribution(): Promise<Distribution> {
  const javaHome = await requireTools();
  const source = await readFile(PLUGIN_SOURCE);
  const mark = createHash("sha256").update(source).digest("hex").slice(0, 8);
  const folder = join(tmpdir(), `groundwire-elasticsearch-${VERSION}-${mark}`);
  const home = join(folder, `elasticsearch-${VERSION}`);
  if (!(await exists(folder))) await prepare(folder);
  return { home, javaHome };
}

async function requireTools(): Promise<string> {
  try {
    await run("mvn", ["--version"]);
    await run("javac", ["--version"]);
    const { stderr } = await run("java", ["-XshowSettings:properties", "-version"]);
    const home = /java\.home = (.+)/u.exec(stderr)?.[1];
    if (home === undefined) throw new Error(`java does not tell its home:\n${stderr}`);
    return home;
  } catch (cause) {
    throw new Error(
      "These tests run a real Elasticsearch, which needs Maven and a JDK of version 17 or later: `apt-get install maven default-jdk-headless`.",
      { cause },
    );
  }
}

/** Put together beside its place, so that a broken attempt leaves nothing that looks whole. */
async function prepare(folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}-`);
  try {
    await unpack(draft);
    await addPlugin(join(draft, `elasticsearch-${VERSION}`), draft);
    // The server runs as another user when the tests run as root; its settings are meant for its owner only.
    await run("chmod", ["-R", "a+rX", draft]);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster.
    if (!(await exists(folder))) throw error;
  }
}

async function unpack(folder: string): Promise<void> {
  const options = [`-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`];
  // It leaves marks of what it did where it runs.
  await run("mvn", ["--batch-mode", "--quiet", UNPACK, ...options], { cwd: folder }).catch(
    (cause: unknown) => {
      throw new Error(
        `Maven cannot fetch ${ARTIFACT}. These tests need Maven Central, or a mirror of it in ~/.m2/settings.xml.`,
        { cause },
      );
    },
  );
}

async function addPlugin(home: string, draft: string): Promise<void> {
  const plugin = join(home, "plugins", "security-index-analysis");
  const classes = join(draft, "classes");
  await mkdir(plugin, { recursive: true });
  await run("javac", [
    "--release",
    "17",
    "-cp",
    join(home, "lib", "*"),
    "-d",
    classes,
    PLUGIN_SOURCE,
  ]);
  await run("jar", ["--create", "--file", join(plugin, "plugin.jar"), "-C", classes, "."]);
  await writeFile(
    join(plugin, "plugin-descriptor.properties"),
    [
      "name=security-index-analysis",
      "description=Analysis for the index of API keys",
      "version=1",
      `elasticsearch.version=${VERSION}`,
      "java.version=17",
      "classname=groundwire.SecurityIndexAnalysis",
    ].join("\n"),
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
