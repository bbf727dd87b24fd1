/** A start-up problem the operator can mend; the message says which setting, what is wrong and what to do. */
export class ConfigurationError extends Error {
  override name = "ConfigurationError";
}
