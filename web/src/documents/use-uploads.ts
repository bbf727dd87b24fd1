import { useCallback, useState } from "react";

import { connect } from "../session.ts";

export interface Upload {
  id: number;
  name: string;
  status: "uploading" | "reading" | "done" | "failed";
  error: string | null;
}

const POLL_MS = 300;

export interface Uploads {
  uploads: Upload[];
  /** Puts files into a store, one after the other. Resolves when each is searchable or has failed. */
  add: (files: File[], storeId: string) => Promise<void>;
}

let lastId = 0;

export function useUploads(): Uploads {
  const [uploads, setUploads] = useState<Upload[]>([]);

  const add = useCallback(async (files: File[], storeId: string) => {
    const added = files.map((file) => ({ file, id: ++lastId }));
    setUploads((all) => [
      ...all.filter(({ status }) => status !== "done"),
      ...added.map(({ file, id }): Upload => ({
        id,
        name: file.name,
        status: "uploading",
        error: null,
      })),
    ]);
    for (const { file, id } of added) {
      await ingest(file, storeId, (change) =>
        setUploads((all) =>
          all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)),
        ),
      );
    }
  }, []);

  return { uploads, add };
}

async function ingest(
  file: File,
  storeId: string,
  change: (update: Partial<Upload>) => void,
): Promise<void> {
  try {
    const client = connect();
    const uploaded = await client.upload(file.name, file);
    change({ status: "reading" });
    let attached = await client.attach(storeId, uploaded.id);
    while (attached.status === "in_progress") {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      attached = await client.storeFile(storeId, uploaded.id);
    }
    if (attached.status === "completed") change({ status: "done" });
    else change({ status: "failed", error: attached.last_error?.message ?? attached.status });
  } catch (error) {
    change({ status: "failed", error: error instanceof Error ? error.message : String(error) });
  }
}
