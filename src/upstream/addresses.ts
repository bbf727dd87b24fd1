import { BlockList, isIPv4 } from "node:net";

/**
 * `public`: anywhere in the internet. `private`: this machine or its networks. `special`: what nobody names to reach a data
 * source: link-local, multicast and reserved addresses, and those where clouds tell machines their secrets.
 */
export type AddressKind = "public" | "private" | "special";

const PRIVATE = blockList([
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1/128",
  "fc00::/7",
]);

/** The special-purpose registries of IANA, and addresses of metadata services outside of them. */
const SPECIAL = blockList([
  "0.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  // Alibaba Cloud, Azure.
  "100.100.100.200/32",
  "168.63.129.16/32",
  // AWS.
  "fd00:ec2::/32",
  "2001::/23",
  "2001:db8::/32",
  "3fff::/20",
]);

const GLOBAL_UNICAST = blockList(["2000::/3"]);

/** Kind of an address as a resolver or a caller writes it. What carries an IPv4 address inside is of that address's kind. */
export function kindOf(address: string): AddressKind {
  if (isIPv4(address)) return kindIn(address, "ipv4");
  const bare = address.replace(/%.*$/u, "");
  const inner = innerAddress(bare);
  if (inner !== null) return kindIn(inner, "ipv4");
  const kind = kindIn(bare, "ipv6");
  return kind === "public" && !GLOBAL_UNICAST.check(bare, "ipv6") ? "special" : kind;
}

function kindIn(address: string, family: "ipv4" | "ipv6"): AddressKind {
  if (SPECIAL.check(address, family)) return "special";
  return PRIVATE.check(address, family) ? "private" : "public";
}

/** The IPv4 address in an IPv4-mapped, a NAT64 (64:ff9b::/96) or a 6to4 (2002::/16) address. */
function innerAddress(address: string): string | null {
  const groups = groupsOf(address);
  const [first = 0, second = 0] = groups;
  const leading = groups.slice(0, 6).join(",");
  if (leading === "0,0,0,0,0,65535" || leading === "100,65435,0,0,0,0") {
    return dotted(groups[6] ?? 0, groups[7] ?? 0);
  }
  return first === 0x2002 ? dotted(second, groups[2] ?? 0) : null;
}

/** The eight parts of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The parser of URLs writes every form in hexadecimal.
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const parts = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((part) => Number.parseInt(part, 16));
  if (tail === undefined) return parts(head);
  const missing = 8 - parts(head).length - parts(tail).length;
  return [...parts(head), ...Array.from({ length: missing }, () => 0), ...parts(tail)];
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function blockList(subnets: string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", prefix] = subnet.split("/");
    list.addSubnet(address, Number(prefix), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
}
