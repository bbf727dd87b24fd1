import { Trans, useLingui } from "@lingui/react/macro";
import { Sparkle } from "lucide-react";
import { useState } from "react";
import type { Asking } from "../chat/use-asking.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, type MenuGroup } from "../ui/menu.tsx";
import styles from "./composer.module.css";

const BY_DEFAULT = "default";
const OTHER = "other";
const CODE = "code";

/** Who answers, and how much is done for it. */
export function ModelPicker({ asking }: { asking: Asking }) {
  const { t } = useLingui();
  const [isNaming, setIsNaming] = useState(false);
  const { models, model, chooseModel, effort, chooseEffort, usesCode, chooseCode } = asking;
  const known = [...new Set([...models, model])];
  const efforts = [
    { id: BY_DEFAULT, label: t`Standard` },
    { id: "low", label: t`Quick`, hint: t`One search, few passages` },
    { id: "high", label: t`Thorough`, hint: t`More searches, more passages, a second look` },
  ];
  const groups: MenuGroup[] = [
    {
      title: t`Effort`,
      entries: efforts,
      choice: {
        mode: "single",
        chosen: [effort ?? BY_DEFAULT],
        isRequired: true,
        choose: ([id]) => chooseEffort(id === undefined || id === BY_DEFAULT ? null : id),
      },
    },
    {
      title: t`Model`,
      entries: known.map((name) => ({ id: name, label: name })),
      choice: {
        mode: "single",
        chosen: [model],
        isRequired: true,
        choose: ([name]) => name !== undefined && chooseModel(name),
      },
    },
    ...(usesCode === null
      ? []
      : [
          {
            title: t`Tools`,
            entries: [
              {
                id: CODE,
                label: t`Code interpreter`,
                hint: t`Runs Python, on attached tables too`,
              },
            ],
            choice: {
              mode: "multiple",
              chosen: usesCode ? [CODE] : [],
              choose: (ids) => chooseCode(ids.includes(CODE)),
            },
          } satisfies MenuGroup,
        ]),
    { entries: [{ id: OTHER, label: t`Another model …`, act: () => setIsNaming(true) }] },
  ];
  const effortName = efforts.find(({ id }) => id === effort)?.label;
  return (
    <>
      <Menu label={t`Model and effort`} groups={groups} placement="top start">
        <Button>
          <Icon of={Sparkle} />
          <span className="visually-hidden">{t`Model and effort`}: </span>
          <span className={styles["pick"]}>
            <bdi>{model}</bdi>
            {effortName === undefined ? null : ` · ${effortName}`}
          </span>
        </Button>
      </Menu>
      <ModelDialog isOpen={isNaming} close={() => setIsNaming(false)} choose={chooseModel} />
    </>
  );
}

/** For servers that do not tell which models they have. */
function ModelDialog({
  isOpen,
  close,
  choose,
}: {
  isOpen: boolean;
  close: () => void;
  choose: (model: string) => void;
}) {
  const { t } = useLingui();
  const [name, setName] = useState("");
  const model = name.trim();

  function submit(): void {
    if (model === "") return;
    choose(model);
    close();
  }

  return (
    <Dialog title={t`Another model`} isOpen={isOpen} close={close}>
      <label htmlFor="model-name">
        <Trans>Name of the model or deployment, as the server knows it</Trans>
      </label>
      <input
        id="model-name"
        className={styles["field"]}
        autoFocus
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && submit()}
      />
      <DialogActions>
        <Button onPress={close}>
          <Trans>Cancel</Trans>
        </Button>
        <Button look="primary" isDisabled={model === ""} onPress={submit}>
          <Trans>Use it</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
