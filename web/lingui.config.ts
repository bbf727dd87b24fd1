import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

/** One catalogue per part of the page, so that each is written by whoever writes the part. `npm run messages` fills them. */
export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "de", "es", "fr", "ja", "zh", "ar"],
  catalogs: [
    { path: "<rootDir>/src/viewer/locales/{locale}", include: ["<rootDir>/src/viewer"] },
    { path: "<rootDir>/src/documents/locales/{locale}", include: ["<rootDir>/src/documents"] },
    { path: "<rootDir>/src/sign-in/locales/{locale}", include: ["<rootDir>/src/sign-in"] },
    { path: "<rootDir>/src/settings/locales/{locale}", include: ["<rootDir>/src/settings"] },
    {
      path: "<rootDir>/src/locales/{locale}",
      include: ["<rootDir>/src"],
      exclude: [
        "<rootDir>/src/viewer/**",
        "<rootDir>/src/documents/**",
        "<rootDir>/src/sign-in/**",
        "<rootDir>/src/settings/**",
      ],
    },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
});
