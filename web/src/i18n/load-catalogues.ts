import type { I18n, Messages } from "@lingui/core";
import type { Language } from "./locales.ts";

interface Catalogue {
  messages: Messages;
}

/** Each part of the page has its own; all of one language are loaded together, but for those of the settings. */
const CATALOGUES = import.meta.glob<Catalogue>(["../**/locales/*.po", "!../settings/**"]);

/** Resolves when the page can speak the language. */
export async function loadCatalogues(i18n: I18n, language: Language): Promise<void> {
  const loaded = await Promise.all(
    Object.entries(CATALOGUES)
      .filter(([path]) => path.endsWith(`/${language}.po`))
      .map(([, load]) => load()),
  );
  const messages = Object.assign({}, ...loaded.map((catalogue) => catalogue.messages)) as Messages; // of strings to strings
  i18n.loadAndActivate({ locale: language, messages });
}
