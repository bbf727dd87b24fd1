import { useCallback, useEffect, useState } from "react";

import { ClientError, type VectorStore } from "../../../src/client/http-client.ts";
import { connect } from "../session.ts";

export interface Stores {
  stores: VectorStore[];
  selected: string | null;
  select: (id: string) => void;
  /** The server wants a key, or refused the one it got. */
  needsKey: boolean;
  /** What else went wrong. */
  error: string | null;
  reload: () => Promise<void>;
}

export function useStores(): Stores {
  const [stores, setStores] = useState<VectorStore[]>([]);
  const [selected, setSelected] = useState<string | null>(null);
  const [needsKey, setNeedsKey] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const reload = useCallback(async () => {
    try {
      const found: VectorStore[] = [];
      for await (const store of connect().vectorStores()) found.push(store);
      setStores(found);
      setSelected((current) =>
        found.some(({ id }) => id === current) ? current : (found[0]?.id ?? null),
      );
      setNeedsKey(false);
      setError(null);
    } catch (thrown) {
      if (thrown instanceof ClientError && thrown.status === 401) setNeedsKey(true);
      else setError(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }, []);

  useEffect(() => {
    void reload();
  }, [reload]);

  return { stores, selected, select: setSelected, needsKey, error, reload };
}
