import { Trans, useLingui } from "@lingui/react/macro";
import { Server, Settings2, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import { DeleteAllDialog } from "../conversations/delete-all-dialog.tsx";
import { isLanguage, LANGUAGES } from "../i18n/locales.ts";
import { type Preferences, usePreferences } from "../preferences.ts";
import { useMe } from "../sign-in/me.ts";
import { useAccountGroup } from "../sign-in/use-account-group.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, type MenuGroup } from "../ui/menu.tsx";

/** How the page looks and speaks. */
export function Settings() {
  const { t } = useLingui();
  const account = useAccountGroup();
  const { data: me } = useMe();
  const [, navigate] = useLocation();
  const [{ theme, contrast, language }, change] = usePreferences();
  const [isDeleting, setIsDeleting] = useState(false);

  const groups: MenuGroup[] = [
    ...(me?.user?.scopes.includes("admin")
      ? [
          {
            entries: [
              {
                id: "server",
                label: t`Server settings`,
                hint: t`Keys, health, usage, feedback`,
                icon: Server,
                act: () => navigate("/settings"),
              },
            ],
          },
        ]
      : []),
    {
      title: t`Appearance`,
      entries: [
        { id: "system", label: t`As the system has it` },
        { id: "light", label: t`Light` },
        { id: "dark", label: t`Dark` },
      ],
      choice: {
        mode: "single",
        chosen: [theme],
        isRequired: true,
        // One of the three above.
        choose: ([id]) => id !== undefined && change({ theme: id as Preferences["theme"] }),
      },
    },
    {
      title: t`Contrast`,
      entries: [{ id: "more", label: t`More contrast` }],
      choice: {
        mode: "multiple",
        chosen: contrast === "more" ? ["more"] : [],
        choose: (ids) => change({ contrast: ids.includes("more") ? "more" : "system" }),
      },
    },
    {
      title: t`Language`,
      entries: [
        { id: "browser", label: t`As the browser has it` },
        ...Object.entries(LANGUAGES).map(([id, label]) => ({ id, label })),
      ],
      choice: {
        mode: "single",
        chosen: [language ?? "browser"],
        isRequired: true,
        choose: ([id]) => change({ language: isLanguage(id) ? id : null }),
      },
    },
    {
      entries: [
        {
          id: "delete",
          label: t`Delete all conversations`,
          icon: Trash2,
          isDangerous: true,
          act: () => setIsDeleting(true),
        },
      ],
    },
    ...account,
  ];
  return (
    <>
      <Menu label={t`Settings`} groups={groups} placement="top start">
        <Button>
          <Icon of={Settings2} />
          <Trans>Settings</Trans>
        </Button>
      </Menu>
      <DeleteAllDialog isOpen={isDeleting} close={() => setIsDeleting(false)} />
    </>
  );
}
