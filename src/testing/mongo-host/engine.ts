import type { Collection } from "./data.ts";
import type { CommandError } from "./command-error.ts";
import type { Row } from "./project.ts";
import type { Document } from "./wire.ts";

/** What tells one service that speaks the protocol from another. */
export interface Engine {
  /** What `hello` says beside what every server says. `address` is the host's own. */
  hello(address: string): Document;
  /** Why a wrong password is refused. */
  authenticationFailed(): CommandError;
  /** Stages that begin a pipeline and that only this service has. The collection is null when there is none. */
  stages: Record<string, (collection: Collection | null, specification: any) => Promise<Row[]>>;
  unknownStage(name: string): CommandError;
  /** Refuses an index that cannot be made. */
  checkIndex(index: Document): void;
}
