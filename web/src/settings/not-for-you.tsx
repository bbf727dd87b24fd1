import { Trans } from "@lingui/react/macro";
import { useMe } from "../sign-in/me.ts";
import styles from "./settings-page.module.css";

/** Who uses the page is known, and does not run the server. */
export function NotForYou() {
  const { data: me } = useMe();
  return (
    <div className={styles["refused"]}>
      <h2 className={styles["heading"]}>
        <Trans>These settings are for whoever runs the server</Trans>
      </h2>
      {me?.user?.kind === "user" ? (
        <p className={styles["lead"]}>
          <Trans>
            They need the scope “admin”, which your account does not have. Whoever runs the server
            gives it to groups of people, as admin_groups in its configuration.
          </Trans>
        </p>
      ) : (
        <ForKeys />
      )}
    </div>
  );
}

function ForKeys() {
  return (
    <>
      <p className={styles["lead"]}>
        <Trans>
          They need an API key with the scope “admin”, and the one this page has does not carry it.
          Ask the operator, or make one on the server’s machine:
        </Trans>
      </p>
      <pre className={styles["command"]} dir="ltr" tabIndex={0}>
        groundwire keys create --name me --scopes chat,files,admin
      </pre>
      <p className={styles["lead"]}>
        <Trans>Then choose “Forget the API key” in the menu Settings, and paste the new one.</Trans>
      </p>
    </>
  );
}
