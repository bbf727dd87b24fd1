import type { LucideIcon } from "lucide-react";

/** Icons stand beside words or in a button that is named; they say nothing by themselves. */
export function Icon({ of: Drawing, size = 18 }: { of: LucideIcon; size?: number }) {
  return <Drawing size={size} strokeWidth={1.6} aria-hidden="true" focusable="false" />;
}
