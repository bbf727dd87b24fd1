import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { SourceBody } from "../../../src/protocol/sources.ts";
import { connect } from "../session.ts";
import { SOURCES_KEY } from "../sources/use-sources.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { NameDialog } from "./name-dialog.tsx";
import styles from "./store-list.module.css";

interface StoreListProps {
  stores: SourceBody[];
  selected: string | null;
  choose: (id: string) => void;
}

export function StoreList({ stores, selected, choose }: StoreListProps) {
  const { t } = useLingui();
  const queries = useQueryClient();
  const [isNaming, setIsNaming] = useState(false);

  async function create(name: string): Promise<void> {
    const { id } = await connect().createVectorStore(name);
    await queries.invalidateQueries({ queryKey: SOURCES_KEY });
    choose(id);
  }
  return (
    <nav className={styles["stores"]} aria-label={t`Stores`}>
      <ul className={styles["list"]}>
        {stores.map(({ id, name, documents: count }) => (
          <li key={id}>
            <button
              type="button"
              className={styles["store"]}
              aria-current={id === selected}
              onClick={() => choose(id)}
            >
              <span className={styles["name"]} dir="auto">
                {name}
              </span>
              <span className={styles["count"]}>
                <Plural value={count ?? 0} one="# document" other="# documents" />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Button onPress={() => setIsNaming(true)}>
        <Icon of={Plus} />
        <Trans>New store</Trans>
      </Button>
      <NameDialog
        title={t`New store`}
        action={t`Create`}
        name=""
        isOpen={isNaming}
        close={() => setIsNaming(false)}
        save={create}
      />
    </nav>
  );
}
