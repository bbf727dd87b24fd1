import { Radio, RadioGroup } from "react-aria-components";
import styles from "./choice.module.css";

interface ChoiceProps<Value extends string> {
  /** What is chosen; read out, not shown. */
  label: string;
  options: { value: Value; label: string }[];
  value: Value;
  choose: (value: Value) => void;
}

/** One of a few, side by side. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, options, value, choose } = props;
  return (
    <RadioGroup
      aria-label={label}
      orientation="horizontal"
      className={styles["choice"] ?? ""}
      value={value}
      onChange={(chosen) => {
        const option = options.find((one) => one.value === chosen);
        if (option) choose(option.value);
      }}
    >
      {options.map((option) => (
        <Radio key={option.value} value={option.value} className={styles["option"] ?? ""}>
          {option.label}
        </Radio>
      ))}
    </RadioGroup>
  );
}
