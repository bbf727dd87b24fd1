/** On whose behalf a request is made. */
export interface Principal {
  /** Owner of everything the request creates and can see. */
  tenant: string;
  /** Name of the key, for logs; null on a server without keys. */
  keyName: string | null;
}

/** Who everybody is on a server without keys. */
export const KEYLESS: Principal = { tenant: "default", keyName: null };
