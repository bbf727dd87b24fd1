import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import styles from "./button.module.css";
import { Icon } from "./icon.tsx";

type Look = "quiet" | "outlined" | "primary" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  look?: Look;
  children: ReactNode;
}

export function Button({ look = "quiet", ...props }: ButtonProps) {
  return <AriaButton {...props} className={styles["button"] ?? ""} data-look={look} />;
}

export interface IconButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  /** Its name, also shown when the pointer rests on it. */
  label: string;
  icon: LucideIcon;
  look?: Look;
}

export function IconButton({ label, icon, look = "quiet", ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...props} aria-label={label} className={styles["icon"] ?? ""} data-look={look}>
        <Icon of={icon} />
      </AriaButton>
      <Tooltip className={styles["tooltip"] ?? ""} offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}
