import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { KeyBody } from "../../../../src/protocol/keys.ts";
import { useAnnounce } from "../../app/announcer.tsx";
import { connect } from "../../session.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { DayOf, HowLongAgo } from "../moments.tsx";
import { KeyLimits } from "./key-limits.tsx";
import { isLiving } from "./key-state.ts";
import { useScopeWords } from "./scope-words.ts";
import { useRefreshKeys } from "./use-keys.ts";
import styles from "./keys.module.css";

interface KeyTableProps {
  keys: KeyBody[];
  /** Unix seconds. */
  now: number;
}

/** The roles are said: in narrow columns the rows are not laid out as those of a table, and browsers would forget them. */
export function KeyTable({ keys, now }: KeyTableProps) {
  const { t } = useLingui();
  const columns = [t`Key`, t`Allowed to`, t`Limits`, t`Created`, t`Last used`, t`Expires`];
  return (
    <table role="table" className={styles["table"]} aria-label={t`Keys`}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column} role="columnheader" scope="col">
              {column}
            </th>
          ))}
          <th role="columnheader" scope="col">
            <span className="visually-hidden">
              <Trans>What can be done</Trans>
            </span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {keys.map((key) => (
          <KeyRow key={key.id} of={key} columns={columns} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function KeyRow({ of: key, columns, now }: { of: KeyBody; columns: string[]; now: number }) {
  const { t } = useLingui();
  const words = useScopeWords();
  const { name, tenant, scopes, created_at, last_used_at, expires_at, revoked_at } = key;
  const cells = [
    <span className={styles["lines"]}>
      {scopes.map((scope) => (
        <span key={scope}>{words[scope].label}</span>
      ))}
    </span>,
    <KeyLimits of={key} />,
    <DayOf seconds={created_at} />,
    last_used_at === null ? t`Never` : <HowLongAgo seconds={last_used_at} now={now} />,
    expires_at === null ? t`Never` : <DayOf seconds={expires_at} />,
  ];
  return (
    <tr role="row" data-living={isLiving(key, now)}>
      <th role="rowheader" scope="row">
        <span className={styles["name"]}>
          <bdi>{name}</bdi>
        </span>
        {tenant === name ? null : (
          <span className={styles["tenant"]}>
            <Trans>
              of <bdi>{tenant}</bdi>
            </Trans>
          </span>
        )}
      </th>
      {cells.map((cell, index) => (
        <td key={columns[index + 1]} role="cell">
          <span className={styles["label"]} aria-hidden="true">
            {columns[index + 1]}
          </span>
          <span>{cell}</span>
        </td>
      ))}
      <td role="cell" className={styles["act"]}>
        {revoked_at !== null ? (
          <span className={styles["over"]}>
            <Trans>
              Revoked <DayOf seconds={revoked_at} />
            </Trans>
          </span>
        ) : isLiving(key, now) ? (
          <Revoke of={key} />
        ) : (
          <span className={styles["over"]}>
            <Trans>Expired</Trans>
          </span>
        )}
      </td>
    </tr>
  );
}

function Revoke({ of: { id, name } }: { of: KeyBody }) {
  const { t } = useLingui();
  const announce = useAnnounce();
  const refresh = useRefreshKeys();
  const [isAsking, setIsAsking] = useState(false);

  async function revoke(): Promise<void> {
    const { opens_server: isOpen } = await connect().revokeKey(id);
    announce(
      isOpen ? t`It was the last key: requests from this machine need none now.` : t`Revoked`,
    );
    await refresh();
  }
  return (
    <>
      <Button aria-label={t`Revoke ${name}`} onPress={() => setIsAsking(true)}>
        <Trans>Revoke</Trans>
      </Button>
      <ConfirmDialog
        title={t`Revoke ${name}?`}
        action={t`Revoke key`}
        isOpen={isAsking}
        close={() => setIsAsking(false)}
        confirm={revoke}
      >
        <Trans>
          Whoever uses it is refused from the next request on. That cannot be undone; a new key can
          be made instead.
        </Trans>
      </ConfirmDialog>
    </>
  );
}
