/** A stored answer of the Responses API. What it says is the API's own affair: here it is text. */
export interface ResponseRecord {
  id: string;
  tenant: string;
  /** The response whose conversation it goes on with; null: none. */
  previousId: string | null;
  /** Still being written, in the background. */
  isRunning: boolean;
  /** Items of its request, JSON. */
  input: string;
  /** The response, JSON. */
  body: string;
  /** From then on it is not there any more. */
  expiresAt: number;
}

export interface ResponseRecords {
  /** Creates or replaces. */
  put(record: ResponseRecord): Promise<void>;
  get(tenant: string, id: string): Promise<ResponseRecord | null>;
  /**
   * The response and those before it, oldest first, `most` at the most. One whose predecessor is gone is the first:
   * the caller sees it by its `previousId`. Empty: no such response.
   */
  chain(tenant: string, id: string, most: number): Promise<ResponseRecord[]>;
  /** False: no such response. */
  delete(tenant: string, id: string): Promise<boolean>;
  /** Of all tenants, those that are being written. */
  running(): Promise<ResponseRecord[]>;
  /** Deletes those of all tenants whose time has passed; answers how many. */
  deleteExpired(now: number): Promise<number>;
}
