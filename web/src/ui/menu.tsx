import type { LucideIcon } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import {
  Header,
  Menu as AriaMenu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  type MenuTriggerProps,
  Popover,
  type Selection,
} from "react-aria-components";
import { Check } from "lucide-react";
import { Icon } from "./icon.tsx";
import styles from "./menu.module.css";

export interface MenuEntry {
  id: string;
  label: string;
  /** Under the label. */
  hint?: string;
  icon?: LucideIcon;
  isDangerous?: boolean;
  act?: () => void;
}

export interface MenuGroup {
  title?: string;
  entries: MenuEntry[];
  /** What can be chosen, instead of done. */
  choice?: {
    mode: "single" | "multiple";
    chosen: readonly string[];
    choose: (ids: string[]) => void;
    /** One has to stay chosen. */
    isRequired?: boolean;
  };
}

export interface MenuProps extends Pick<MenuTriggerProps, "isOpen" | "onOpenChange"> {
  label: string;
  groups: MenuGroup[];
  placement?: "bottom end" | "bottom start" | "top start";
  /** The button that opens it. */
  children: ReactNode;
}

interface MenuAtProps {
  label: string;
  groups: MenuGroup[];
  /** The element it belongs to, which the focus goes back to. */
  trigger: RefObject<Element | null>;
  isOpen: boolean;
  close: () => void;
}

/** The menu of one of many equal buttons: a list of thousands has one menu, not thousands. */
export function MenuAt({ label, groups, trigger, isOpen, close }: MenuAtProps) {
  return (
    <Popover
      triggerRef={trigger}
      isOpen={isOpen}
      onOpenChange={(open) => open || close()}
      placement="bottom start"
      offset={4}
      className={styles["popover"] ?? ""}
    >
      <AriaMenu
        className={styles["menu"] ?? ""}
        aria-label={label}
        onClose={close}
        autoFocus="first"
      >
        {groups.map((group, index) => (
          <Section key={group.title ?? index} group={group} label={label} />
        ))}
      </AriaMenu>
    </Popover>
  );
}

/** A button with what can be done or chosen. */
export function Menu({ label, groups, placement = "bottom end", children, ...open }: MenuProps) {
  return (
    <MenuTrigger {...open}>
      {children}
      <Popover placement={placement} offset={4} className={styles["popover"] ?? ""}>
        <AriaMenu className={styles["menu"] ?? ""} aria-label={label}>
          {groups.map((group, index) => (
            <Section key={group.title ?? index} group={group} label={label} />
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function Section({ group, label }: { group: MenuGroup; label: string }) {
  const { title, entries, choice } = group;
  function choose(selection: Selection): void {
    choice?.choose(selection === "all" ? entries.map(({ id }) => id) : [...selection].map(String));
  }
  return (
    <MenuSection
      className={styles["section"] ?? ""}
      {...(title === undefined ? { "aria-label": label } : {})}
      {...(choice
        ? {
            selectionMode: choice.mode,
            selectedKeys: choice.chosen,
            onSelectionChange: choose,
            disallowEmptySelection: choice.isRequired ?? false,
          }
        : {})}
    >
      {title === undefined ? null : <Header className={styles["title"]}>{title}</Header>}
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} isChoice={choice !== undefined} />
      ))}
    </MenuSection>
  );
}

function Entry({ entry, isChoice }: { entry: MenuEntry; isChoice: boolean }) {
  const { id, label, hint, icon, isDangerous = false, act } = entry;
  return (
    <MenuItem
      id={id}
      textValue={label}
      className={styles["entry"] ?? ""}
      data-danger={isDangerous}
      {...(act ? { onAction: act } : {})}
    >
      {({ isSelected }) => (
        <>
          {isChoice ? (
            <span className={styles["check"]}>{isSelected ? <Icon of={Check} /> : null}</span>
          ) : null}
          {icon ? <Icon of={icon} /> : null}
          <span className={styles["words"]}>
            <span dir="auto">{label}</span>
            {hint === undefined ? null : <span className={styles["hint"]}>{hint}</span>}
          </span>
        </>
      )}
    </MenuItem>
  );
}
