import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const WORTH_PACKING = /\.(js|css|svg|ttf)$/;

/** Writes a compressed copy next to each asset, so that the server compresses none. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((name) => WORTH_PACKING.test(name))) {
        writeFileSync(`${dir}/${name}.gz`, gzipSync(readFileSync(`${dir}/${name}`), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  // All URLs are relative: the page works below any path prefix of a proxy.
  base: "./",
  plugins: [packed()],
  build: {
    // The page is served at graphql, and its assets at playground/….
    assetsDir: "playground",
    assetsInlineLimit: 0,
    target: "es2022",
    // Monaco's editor is one large chunk.
    chunkSizeWarningLimit: 5000,
    // "use client" in GraphiQL's libraries is for servers that render React.
    rolldownOptions: {
      checks: { moduleLevelDirective: false },
      // GraphiQL reads its icons' titles off the names of their functions.
      output: { keepNames: true },
    },
  },
});
