import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The API serves the build under /console; in development the dev server passes /api on to it.
export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    outDir: "../api/console",
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
});
