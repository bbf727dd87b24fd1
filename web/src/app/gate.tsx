import { lazy, Suspense } from "react";
import { useLocation, useRoute } from "wouter";
import { isUnauthorized, storedKey } from "../session.ts";
import { SIGN_IN_PATH } from "../sign-in/addresses.ts";
import { useSources } from "../sources/use-sources.ts";
import { LoadBoundary } from "../ui/load-boundary.tsx";
import { Announcer } from "./announcer.tsx";
import { Shell } from "./shell.tsx";

const SignInPage = lazy(async () => ({
  default: (await import("../sign-in/sign-in-page.tsx")).SignInPage,
}));
const SessionEnded = lazy(async () => ({
  default: (await import("../sign-in/session-ended.tsx")).SessionEnded,
}));

const SharedPage = lazy(async () => ({
  default: (await import("../sharing/shared-page.tsx")).SharedPage,
}));

/** The page, or how to get in. Whose session ends while they use the page keeps it. */
export function Gate() {
  const { data, error, errorUpdatedAt } = useSources();
  const [location] = useLocation();
  const [, shared] = useRoute("/shared/:token");
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
      {shared === null ? <Shell /> : <Shared token={shared.token} />}
      {isOut ? (
        <Suspense>
          <SessionEnded key={errorUpdatedAt} />
        </Suspense>
      ) : null}
    </>
  );
}

function Shared({ token }: { token: string }) {
  return (
    <Announcer>
      <LoadBoundary>
        <Suspense fallback={<main aria-busy="true" />}>
          <SharedPage token={token} />
        </Suspense>
      </LoadBoundary>
    </Announcer>
  );
}
