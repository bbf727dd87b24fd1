import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import type { MeBody } from "../../../src/protocol/sign-in.ts";
import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import { currentPath, goToSignIn, SIGN_IN_PATH } from "./addresses.ts";
import { KeyForm } from "./key-form.tsx";
import { useMe } from "./me.ts";
import { problemOf, ProblemWords } from "./problem-words.tsx";
import styles from "./sign-in.module.css";

/** How to get in: with the provider, with a key, or both; and why it has not worked. */
export function SignInPage() {
  const { t } = useLingui();
  const { data: me, isPending } = useMe();
  useEffect(() => {
    document.title = `${t`Sign in`} – Groundwire`;
  }, [t]);
  return (
    <main className={styles["page"]} aria-busy={isPending}>
      <Mark size={40} />
      <h1 className={styles["title"]}>Groundwire</h1>
      {isPending ? null : <Ways me={me ?? null} />}
    </main>
  );
}

/** `me` is null when the server does not say; then it may still take a key. */
function Ways({ me }: { me: MeBody | null }) {
  const [location] = useLocation();
  const [query] = useSearchParams();
  const isOwnPage = location === SIGN_IN_PATH;
  const problem = isOwnPage ? problemOf(query.get("problem")) : null;
  const returnTo = isOwnPage ? (query.get("return_to") ?? "/") : currentPath();
  const { method, name, keys } = me?.sign_in ?? { method: "key", name: null, keys: true };
  return (
    <>
      {problem === null ? null : (
        <div role="alert" className={styles["refused"]}>
          <p>
            <ProblemWords problem={problem} name={name ?? ""} />
          </p>
          <RequestId id={query.get("request")} />
        </div>
      )}
      {me?.user ? (
        <Known user={me.user} />
      ) : (
        <>
          {method === "oidc" ? <Provider name={name ?? ""} returnTo={returnTo} /> : null}
          {method === "key" || keys ? <KeyForm isOnly={method === "key"} /> : null}
        </>
      )}
    </>
  );
}

function Provider({ name, returnTo }: { name: string; returnTo: string }) {
  return (
    <>
      <p className={styles["words"]}>
        <Trans>Sign in to ask questions about your documents.</Trans>
      </p>
      <div className={styles["form"]}>
        <Button look="primary" autoFocus onPress={() => goToSignIn(returnTo)}>
          <Trans>Sign in with {name}</Trans>
        </Button>
      </div>
    </>
  );
}

function Known({ user: { kind, name } }: { user: NonNullable<MeBody["user"]> }) {
  return (
    <p className={styles["words"]}>
      {kind === "user" ? (
        <Trans>You are signed in as {name}.</Trans>
      ) : (
        <Trans>You are in: there is nothing to sign in to.</Trans>
      )}{" "}
      <Link href="/">
        <Trans>Go to your conversations</Trans>
      </Link>
    </p>
  );
}

function RequestId({ id }: { id: string | null }) {
  if (id === null) return null;
  return (
    <p className={styles["request"]}>
      <Trans>Request {id}</Trans>
    </p>
  );
}
