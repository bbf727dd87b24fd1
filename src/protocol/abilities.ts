/** What the server can do: `GET /groundwire/abilities`. */
export interface AbilitiesBody {
  object: "groundwire.abilities";
  /** It is not switched off; whether a sandbox works is found out when code is first run. */
  code_interpreter: boolean;
  /** Largest upload, in bytes. */
  max_file_bytes: number;
  /** What the web application says of itself: `page` in `groundwire.yaml`. */
  page: {
    title: string | null;
    description: string | null;
    questions: string[];
    suggestions: boolean;
  };
}
