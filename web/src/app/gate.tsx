import { lazy, Suspense } from "react";
import { useLocation } from "wouter";
import { isUnauthorized, storedKey } from "../session.ts";
import { SIGN_IN_PATH } from "../sign-in/addresses.ts";
import { useSources } from "../sources/use-sources.ts";
import { Shell } from "./shell.tsx";

const SignInPage = lazy(async () => ({
  default: (await import("../sign-in/sign-in-page.tsx")).SignInPage,
}));
const SessionEnded = lazy(async () => ({
  default: (await import("../sign-in/session-ended.tsx")).SessionEnded,
}));

/** The page, or how to get in. Whose session ends while they use the page keeps it. */
export function Gate() {
  const { data, error, errorUpdatedAt } = useSources();
  const [location] = useLocation();
  const isOut = isUnauthorized(error);
  const wasIn = data !== undefined && storedKey() === undefined;
  if (location === SIGN_IN_PATH || (isOut && !wasIn)) {
    return (
      <Suspense fallback={<main aria-busy="true" />}>
        <SignInPage />
      </Suspense>
    );
  }
  return (
    <>
      <Shell />
      {isOut ? (
        <Suspense>
          <SessionEnded key={errorUpdatedAt} />
        </Suspense>
      ) : null}
    </>
  );
}
