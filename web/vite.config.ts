import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  root: import.meta.dirname,
  build: {
    // The content security policy allows files only.
    assetsInlineLimit: 0,
    emptyOutDir: true,
  },
  server: { proxy: { "/openai": "http://127.0.0.1:8080", "/groundwire": "http://127.0.0.1:8080" } },
});
