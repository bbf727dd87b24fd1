import { Trans, useLingui } from "@lingui/react/macro";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { CreatedKeyBody } from "../../../../src/protocol/keys.ts";
import { useMe } from "../../sign-in/me.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Choice } from "../choice.tsx";
import { Problem, SectionHead } from "../section-head.tsx";
import { isLiving } from "./key-state.ts";
import { KeyTable } from "./key-table.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";
import { SecretDialog } from "./secret-dialog.tsx";
import { SignedIn } from "./signed-in.tsx";
import { useKeys } from "./use-keys.ts";
import styles from "./keys.module.css";

/** Who may ask the server, and for what. */
export function KeysSection() {
  const { t } = useLingui();
  const { data, error, isPending } = useKeys();
  const { data: me } = useMe();
  const [isMaking, setIsMaking] = useState(false);
  const [created, setCreated] = useState<CreatedKeyBody | null>(null);
  const [shown, setShown] = useState<"living" | "all">("living");
  const now = Date.now() / 1000;
  const living = data?.filter((key) => isLiving(key, now)) ?? [];
  const keys = shown === "all" ? (data ?? []) : living;
  return (
    <section aria-busy={isPending}>
      <SectionHead
        title={t`Keys`}
        lead={
          <Trans>
            Applications and people send one with every request. Keys of the configuration file are
            not listed here.
          </Trans>
        }
      >
        <Button look="primary" onPress={() => setIsMaking(true)}>
          <Icon of={Plus} />
          <Trans>New key</Trans>
        </Button>
      </SectionHead>
      <Problem error={error} />
      {data !== undefined && data.length > living.length ? (
        <div className={styles["filter"]}>
          <Choice
            label={t`Which keys are shown`}
            value={shown}
            choose={setShown}
            options={[
              { value: "living", label: t`In use` },
              { value: "all", label: t`Revoked and expired too` },
            ]}
          />
        </div>
      ) : null}
      {data === undefined ? null : keys.length === 0 ? (
        <p className={styles["none"]}>
          <Trans>No keys yet. The first one closes a server that was open until then.</Trans>
        </p>
      ) : (
        <KeyTable keys={keys} now={now} />
      )}
      {me?.sign_in.method === "oidc" ? <SignedIn /> : null}
      <NewKeyDialog
        isOpen={isMaking}
        isFirst={me?.sign_in.method === "none"}
        close={() => setIsMaking(false)}
        created={setCreated}
      />
      <SecretDialog created={created} close={() => setCreated(null)} />
    </section>
  );
}
