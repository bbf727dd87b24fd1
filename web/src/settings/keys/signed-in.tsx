import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { SessionBody } from "../../../../src/protocol/sign-in.ts";
import { useAnnounce } from "../../app/announcer.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { HowLongAgo } from "../moments.tsx";
import { Problem } from "../section-head.tsx";
import { useEndSession, useSessions } from "./use-sessions.ts";
import styles from "./keys.module.css";

/** People with a session instead of a key. */
export function SignedIn() {
  const { data, error } = useSessions();
  const now = Date.now() / 1000;
  return (
    <section className={styles["people"]} aria-labelledby="signed-in">
      <h3 id="signed-in" className={styles["subheading"]}>
        <Trans>People who are signed in</Trans>
      </h3>
      <Problem error={error} />
      {data?.length === 0 ? (
        <p className={styles["none"]}>
          <Trans>Nobody is signed in.</Trans>
        </p>
      ) : null}
      <ul>
        {data?.map((session) => (
          <Session key={session.id} of={session} now={now} />
        ))}
      </ul>
    </section>
  );
}

/** `now`: Unix seconds. */
function Session({ of: { id, name, email, created_at }, now }: { of: SessionBody; now: number }) {
  const { t } = useLingui();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const end = useEndSession();
  return (
    <li className={styles["session"]}>
      <span className={styles["person"]}>
        <span className={styles["name"]}>
          <bdi>{name}</bdi>
        </span>
        <span className={styles["tenant"]}>
          {email === null ? null : (
            <>
              <bdi>{email}</bdi>
              {" · "}
            </>
          )}
          <Trans>
            signed in <HowLongAgo seconds={created_at} now={now} />
          </Trans>
        </span>
      </span>
      <Button aria-label={`${t`End session`}: ${name}`} onPress={() => setIsAsking(true)}>
        <Trans>End session</Trans>
      </Button>
      <ConfirmDialog
        title={t`End the session of ${name}?`}
        action={t`End session`}
        isOpen={isAsking}
        close={() => setIsAsking(false)}
        confirm={async () => {
          await end.mutateAsync(id);
          announce(t`Ended`);
        }}
      >
        <Trans>That browser has to sign in again. Nothing that was kept is lost.</Trans>
      </ConfirmDialog>
    </li>
  );
}
