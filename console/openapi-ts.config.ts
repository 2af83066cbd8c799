import { defineConfig } from "@hey-api/openapi-ts";

// The contract is the committed openapi.json; the client made from it is not committed.
export default defineConfig({
  input: "../openapi.json",
  output: { path: "src/client", clean: true },
  plugins: [
    { name: "@hey-api/client-fetch", baseUrl: false },
    "@hey-api/typescript",
    "@hey-api/sdk",
    "@hey-api/schemas",
    "@tanstack/react-query",
  ],
});
