/** Something a question can be answered from: `GET /groundwire/sources`. */
export interface SourceBody {
  /** Id of the vector store, or the name of the configuration. */
  id: string;
  object: "groundwire.source";
  /** For people. */
  name: string;
  /** `file_search`: a vector store of this server; `named`: a source of the configuration. */
  type: "file_search" | "named";
  /** The files of one conversation: a vector store with `conversation` in its metadata, for clients to show there only. */
  of_conversation: boolean;
  /** Documents that can be found; null when only the engine behind it knows. */
  documents: number | null;
  /** An entry for `data_sources`. */
  data_source:
    | { type: "file_search"; parameters: { vector_store_id: string } }
    | { type: "named"; parameters: { name: string } };
}
