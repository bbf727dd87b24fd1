import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { forgetKey, storedKey } from "../session.ts";
import type { MenuGroup } from "../ui/menu.tsx";
import { useMe } from "./me.ts";
import { signOut } from "./sign-out.ts";

/** Part of a menu: who is signed in, and how to leave. Empty where nobody has to sign in. */
export function useAccountGroup(): MenuGroup[] {
  const { t } = useLingui();
  const queries = useQueryClient();
  const { data: me } = useMe();
  if (storedKey() !== undefined) {
    const act = (): void => {
      forgetKey();
      void queries.resetQueries();
    };
    return [{ entries: [{ id: "leave", label: t`Forget the API key`, icon: LogOut, act }] }];
  }
  if (me?.user?.kind !== "user") return [];
  const { name } = me.user;
  // A server that cannot be reached cannot end the session either; the menu is still there for another try.
  const act = (): void => void signOut().catch(() => {});
  return [
    {
      title: t`Signed in as ${name}`,
      entries: [{ id: "leave", label: t`Sign out`, icon: LogOut, act }],
    },
  ];
}
