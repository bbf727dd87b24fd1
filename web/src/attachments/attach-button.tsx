import { useLingui } from "@lingui/react/macro";
import { Paperclip } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { IconButton } from "../ui/button.tsx";
import { useAttachHint } from "./use-attach-hint.ts";

/** Chooses files that go with the next question; its name says which. */
export function AttachButton({ add }: { add: (files: File[]) => void }) {
  const { t } = useLingui();
  const hint = useAttachHint();
  return (
    <FileTrigger allowsMultiple onSelect={(files) => add([...(files ?? [])])}>
      <IconButton label={t`Attach files: ${hint}`} icon={Paperclip} />
    </FileTrigger>
  );
}
