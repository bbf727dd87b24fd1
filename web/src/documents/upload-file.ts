import { ClientError } from "../../../src/client/http-client.ts";
import { authHeaders } from "../session.ts";
import { messageIn } from "./request.ts";

interface UploadOptions {
  /** 0…1, while the bytes are on their way. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
}

/** Sends a file and answers its id. `fetch` does not tell how much has been sent, so this is the older way. */
export function uploadFile(file: File, { onProgress, signal }: UploadOptions): Promise<string> {
  const form = new FormData();
  form.set("purpose", "assistants");
  form.set("file", file, file.name);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", "/openai/v1/files");
    for (const [name, value] of Object.entries(authHeaders()))
      sending.setRequestHeader(name, value);
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
    sending.onload = () => {
      if (sending.status === 200) resolve(idIn(sending.responseText));
      else reject(refusal(sending));
    };
    sending.onerror = () => reject(new ClientError(0, "The connection to the server was lost."));
    sending.onabort = () => reject(signal.reason as Error); // an abort's reason is an error
    signal.addEventListener("abort", () => sending.abort());
    sending.send(form);
  });
}

function idIn(body: string): string {
  const { id }: { id: string } = JSON.parse(body); // the server's own answer
  return id;
}

function refusal({ status, responseText }: XMLHttpRequest): ClientError {
  return new ClientError(status, messageIn(responseText) ?? `The server answered ${status}.`);
}
