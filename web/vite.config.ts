import { join } from "node:path";

import { lingui, linguiTransformerBabelPreset } from "@lingui/vite-plugin";
import optimizeLocales from "@react-aria/optimize-locales-plugin";
import babel from "@rolldown/plugin-babel";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

import linguiConfig from "./lingui.config.ts";

/** Also when this is read from another folder. */
const LINGUI = { configPath: join(import.meta.dirname, "lingui.config.ts") };

/** Parts of the page bring their styles when they are opened, in any order: each file says first which layer lies over which. */
const layersFirst: Plugin = {
  name: "layers-first",
  enforce: "pre",
  transform: (code, id) =>
    id.startsWith(import.meta.dirname) && id.endsWith(".css")
      ? `@layer reset, tokens, base, components, overrides;\n${code}`
      : null,
};

export default defineConfig({
  plugins: [
    layersFirst,
    react(),
    lingui({ ...LINGUI, failOnMissing: true, failOnCompileError: true }),
    babel({ presets: [linguiTransformerBabelPreset(undefined, LINGUI)] }),
    // React Aria's own words, in the languages of the page only.
    { ...optimizeLocales.vite({ locales: linguiConfig.locales }), enforce: "pre" },
  ],
  root: import.meta.dirname,
  build: {
    // The content security policy allows files only.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    manifest: true,
  },
  server: { proxy: { "/openai": "http://127.0.0.1:8080", "/groundwire": "http://127.0.0.1:8080" } },
});
