import { plural } from "@lingui/core/macro";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Database } from "lucide-react";
import type { ReactNode } from "react";
import type { SourceBody } from "../../../src/protocol/sources.ts";
import type { Asking } from "../chat/use-asking.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import styles from "./composer.module.css";

/** Which documents are asked. */
export function SourcePicker({ asking }: { asking: Asking }) {
  const { t } = useLingui();
  const { sources, chosen, chooseSources } = asking;
  const toEntry = useEntry();
  if (sources.length === 0) return null;
  const choice = { mode: "multiple", chosen, choose: chooseSources } as const;
  return (
    <Menu
      label={t`Sources`}
      placement="top start"
      groups={[{ title: t`Where to look`, entries: sources.map(toEntry), choice }]}
    >
      <Button>
        <Icon of={Database} />
        <span className="visually-hidden">{t`Sources`}: </span>
        <span className={styles["pick"]}>
          <Label sources={sources} chosen={chosen} />
        </span>
      </Button>
    </Menu>
  );
}

function Label({ sources, chosen }: { sources: SourceBody[]; chosen: string[] }): ReactNode {
  const [only] = chosen;
  if (chosen.length === 1) {
    return <span dir="auto">{sources.find(({ id }) => id === only)?.name}</span>;
  }
  return chosen.length === 0 ? (
    <Trans>No sources</Trans>
  ) : (
    <Plural value={chosen.length} one="# source" other="# sources" />
  );
}

function useEntry(): (source: SourceBody) => MenuEntry {
  const { t } = useLingui();
  return ({ id, name, documents }) => ({
    id,
    label: name,
    hint:
      documents === null
        ? t`Configured by the operator`
        : t`${plural(documents, { one: "# document", other: "# documents" })}`,
  });
}
