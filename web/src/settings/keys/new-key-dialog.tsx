import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useEffect, useState } from "react";
import type { CreatedKeyBody } from "../../../../src/protocol/keys.ts";
import { connect, storeKey } from "../../session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Problem } from "../section-head.tsx";
import { Field, SelectField } from "./field.tsx";
import { EMPTY_FORM, type KeyForm, LIFETIMES, toKeyRequest } from "./key-form.ts";
import { LimitFields } from "./limit-fields.tsx";
import { ScopeFields } from "./scope-fields.tsx";
import styles from "./keys.module.css";

interface NewKeyDialogProps {
  isOpen: boolean;
  /** The server asks nobody for a key yet. */
  isFirst: boolean;
  close: () => void;
  created: (key: CreatedKeyBody) => void;
}

export function NewKeyDialog({ isOpen, isFirst, close, created }: NewKeyDialogProps) {
  const { t } = useLingui();
  const [form, setForm] = useState<KeyForm>(EMPTY_FORM);
  const [error, setError] = useState<Error | null>(null);
  const change = (changed: Partial<KeyForm>): void => setForm((now) => ({ ...now, ...changed }));
  useEffect(() => {
    if (!isOpen) return;
    setForm(isFirst ? { ...EMPTY_FORM, scopes: ["chat", "files", "admin"] } : EMPTY_FORM);
    setError(null);
  }, [isOpen, isFirst]);

  async function create(): Promise<void> {
    const key = await connect().createKey(toKeyRequest(form, Math.floor(Date.now() / 1000)));
    // Every other request of this page would be refused from now on.
    if (key.closes_server) storeKey(key.key);
    close();
    created(key);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    create().catch((thrown: unknown) => setError(thrown as Error)); // of the client
  }
  return (
    <Dialog title={t`New key`} isOpen={isOpen} close={close}>
      <form onSubmit={submit} className={styles["form"]}>
        {isFirst ? (
          <p className={styles["note"]}>
            <Trans>
              The first key closes a server that is open. This page goes on with it, so let it run
              the server.
            </Trans>
          </p>
        ) : null}
        <div className={styles["pair"]}>
          <Field
            label={t`Name`}
            value={form.name}
            change={(name) => change({ name })}
            autoFocus
            required
          />
          <Field
            label={t`Tenant`}
            hint={t`Whose documents it sees; as its name when empty`}
            value={form.tenant}
            change={(tenant) => change({ tenant })}
          />
        </div>
        <ScopeFields scopes={form.scopes} choose={(scopes) => change({ scopes })} />
        <SelectField
          label={t`Expires`}
          value={String(form.lifetime)}
          change={(value) =>
            change({ lifetime: LIFETIMES.find((days) => String(days) === value) ?? null })
          }
          options={[
            { value: "null", label: t`Never` },
            { value: "30", label: t`In 30 days` },
            { value: "90", label: t`In 90 days` },
            { value: "365", label: t`In a year` },
          ]}
        />
        <LimitFields form={form} change={change} />
        <Problem error={error} />
        <DialogActions>
          <Button onPress={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button
            type="submit"
            look="primary"
            isDisabled={form.name.trim() === "" || form.scopes.length === 0}
          >
            <Trans>Make the key</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
