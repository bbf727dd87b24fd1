/** Where a URL leads, without what is asked there. */
export function addressOf({ hostname, port, protocol }: URL): {
  host: string;
  port: number;
  tls: boolean;
} {
  const tls = protocol === "https:";
  return {
    host: hostname.replace(/^\[|\]$/gu, ""),
    port: port === "" ? (tls ? 443 : 80) : Number(port),
    tls,
  };
}
